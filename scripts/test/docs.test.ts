// The pages made from tables hold every row and nothing that is no row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errors, webhookEvents } from '@danmux/protocol';
import { metricTable, settings } from '@danmux/runtime';
import { configReference } from '../docs/config-reference.ts';
import { errorsPage } from '../docs/errors-page.ts';
import { cell, table } from '../docs/markdown-table.ts';
import { metricsPage } from '../docs/metrics-page.ts';
import { firstDifference } from '../docs/pages.ts';
import { webhooksPage } from '../docs/webhooks-page.ts';

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

test('docs/errors.md has each code once', () => assert.deepEqual(firstCells(errorsPage()), Object.keys(errors)));

test('docs/metrics.md has each metric once', () =>
  assert.deepEqual(
    firstCells(metricsPage()),
    metricTable.map(({ name }) => name),
  ));

test('docs/webhooks.md has each event once, and keeps what is written by hand', () => {
  const page = webhooksPage();
  const events = firstCells(page).filter((name) => !name?.startsWith('webhook-'));
  assert.deepEqual(events, Object.keys(webhookEvents));
  assert.equal(webhooksPage(page), page);
  assert.throws(() => webhooksPage('# Webhooks'), /marks/);
});

test('no row is broken by what stands in it', () => {
  for (const page of [configReference(), errorsPage(), metricsPage()]) {
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
