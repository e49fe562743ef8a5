// The pages made from tables hold every row and nothing that is no row.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { closings, errors, gapReasons, lanes, limits, notices, protocolVersion, serverEvents, viewerEvents, webhookEvents } from '@danmux/protocol';
import { metricTable, settings } from '@danmux/runtime';
import { configReference, yamlOf } from '../docs/config-reference.ts';
import { errorsPage } from '../docs/errors-page.ts';
import { cell, table } from '../docs/markdown-table.ts';
import { partOf, withPart } from '../docs/marked-parts.ts';
import { metricsPage } from '../docs/metrics-page.ts';
import { packagesPage } from '../docs/packages-page.ts';
import { firstDifference } from '../docs/pages.ts';
import { limitRows, protocolPage } from '../docs/protocol-page.ts';
import { webhooksPage } from '../docs/webhooks-page.ts';

const root = new URL('../..', import.meta.url).pathname;

/** The first cell of each row, without its head. */
const firstCells = (page: string) => [...page.matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1]);

test('config/reference.md has each setting once, with its variable', () => {
  const page = configReference();
  assert.deepEqual(
    firstCells(page),
    settings.map(({ path }) => path),
  );
  for (const { schema } of settings) if (schema.env) assert.ok(page.includes(`\`${schema.env}\``), schema.env);
});

test('a default is printed as YAML', () => {
  assert.equal(yamlOf(['a', '127.0.0.0/8', 2]), "[a, '127.0.0.0/8', 2]");
  assert.equal(yamlOf({ like: { lane: 'ambient', viewer: true }, none: {} }), '{ like: { lane: ambient, viewer: true }, none: {} }');
  assert.match(configReference(), /`messages.role_weights` \| table \| `\{ host: \d+, /);
  assert.match(configReference(), /`moderation.exempt_roles` \| list of text \| `\[host, admin, moderator\]`/);
});

test('docs/errors.md has each code once', () => assert.deepEqual(firstCells(errorsPage()), Object.keys(errors)));

test('docs/metrics.md has each metric once', () =>
  assert.deepEqual(
    firstCells(metricsPage()),
    metricTable.map(({ name }) => name),
  ));

test('docs/webhooks.md has each event once, and keeps the text written by hand', () => {
  const page = webhooksPage();
  const events = firstCells(page).filter((name) => !name?.startsWith('webhook-'));
  assert.deepEqual(events, Object.keys(webhookEvents));
  assert.equal(webhooksPage(page), page);
  assert.throws(() => webhooksPage('# Webhooks'), /marks/);
});

test('docs/protocol.md has each event, lane, closing, notice and gap reason once, and the version of the protocol', () => {
  const page = protocolPage();
  const tables = { 'viewer events': viewerEvents, 'server events': serverEvents, lanes, closings, notices, gaps: gapReasons };
  for (const [name, rows] of Object.entries(tables)) assert.deepEqual(firstCells(partOf(page, name)), Object.keys(rows), name);
  for (const { errors: codes } of Object.values(viewerEvents)) for (const code of codes) assert.ok(firstCells(partOf(page, 'errors')).includes(code), code);
  assert.match(page, new RegExp(`^Version: ${protocolVersion}\\.`, 'm'));
  assert.equal(protocolPage(page), page);
});

test('a limit is read from the source with its value', () => {
  const values = Object.fromEntries(limitRows().map(({ name, value }) => [name, value]));
  assert.deepEqual(values, limits);
});

test('docs/packages.md has each workspace once, with its description', () => {
  const folders = firstCells(packagesPage());
  assert.deepEqual(new Set(folders).size, folders.length);
  for (const folder of folders) {
    const { description } = JSON.parse(readFileSync(join(root, 'packages', folder ?? '', 'package.json'), 'utf8'));
    assert.match(description ?? '', /^[A-Z].*\.$/, folder);
  }
  assert.ok(folders.includes('edge'), folders.join());
});

test('a part is written between its marks; a page without them is refused', () => {
  const page = 'a\n<!-- x: written by `npm run docs` -->\nold\n<!-- /x -->\nb\n';
  assert.equal(partOf(withPart(page, 'x', 'new\n'), 'x'), 'new\n');
  assert.throws(() => withPart(page, 'y', ''), /marks of its part "y"/);
});

test('no row is broken by what stands in it', () => {
  for (const page of [configReference(), errorsPage(), metricsPage(), packagesPage()]) {
    const rows = page.split('\n').filter((line) => line.startsWith('|'));
    const columns = rows[0]?.match(/(?<!\\)\|/g)?.length;
    for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g)?.length, columns, row);
  }
});

test('a table is a head, a rule and rows; a cell holds no bar and no line break', () => {
  assert.equal(table(['a', 'b'], [['1', cell('x|y\nz')]]), '| a | b |\n| --- | --- |\n| 1 | x\\|y z |\n');
});

test('the first line that differs is named', () => {
  assert.equal(firstDifference('a\nb\n', 'a\nb\n'), 0);
  assert.equal(firstDifference('', 'a\n'), 1);
  assert.equal(firstDifference('a\nb\n', 'a\nc\n'), 2);
  assert.equal(firstDifference('a\n', 'a\nb\n'), 2);
});
