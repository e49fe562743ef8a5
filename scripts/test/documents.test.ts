// Every code block and shell command of the pages is run by a test, or stands in scripts/documents/exceptions.ts with its reason; at most one
// in ten stands there.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { type Block, blocksIn, commandsOf, firstLine, inlineCommands, nameOf } from '../documents/block.ts';
import { exceptions } from '../documents/exceptions.ts';
import { blocks, pages, read, root } from '../documents/pages.ts';
import { inlineWays, isException, isLeftOut, isShell, unusedBindings, wayOf } from '../documents/ways.ts';

/** Commands of shell blocks and of the README's text, and other blocks, each as one row. */
const inline = Object.entries(inlineWays).filter(([, way]) => way !== 'block');
const rows = [
  ...blocks.flatMap((block) => (isShell(block) ? commandsOf(block.text) : [firstLine(block)]).map((text) => ({ block, text }))),
  ...inline.map(([text]) => ({ block: { file: 'README.md', line: 0, language: 'sh', text: `${text}\n` }, text })),
];
const isListed = ({ block, text }: (typeof rows)[number]) => (isShell(block) ? isLeftOut(block.file, text) : isException(block));

test('blocks are found in fences of any length, indented, and with their language', () => {
  const page = 'a\n\n```sh\nls\n\nid\n```\n- b\n\n    in the list\n\nc\n\n    four\n    spaces\n\n````text\n```\n````\n';
  const found = blocksIn('x.md', page).map(({ line, language, text }) => [line, language, text]);
  assert.deepEqual(found, [
    [4, 'sh', 'ls\n\nid\n'],
    [14, '', 'four\nspaces\n'],
    [18, 'text', '```\n'],
  ]);
});

test('a command has its continuation lines, and no comment is a command', () => {
  assert.deepEqual(commandsOf('# note\nls |\n  wc \\\n  -l\n\nid # who\n'), ['ls |\n  wc \\\n  -l', 'id # who']);
});

test('every README and every page of docs is read', () => {
  assert.ok(pages.length > 25, `${pages.length} pages`);
  for (const page of [
    'README.md',
    'docs/operations.md',
    'docs/decisions/0001-the-relay-commits-in-one-script.md',
    'clients/php/README.md',
    'loadtest/README.md',
  ])
    assert.ok(pages.includes(page), page);
});

test('every block has a way to run it, or a listed reason', () => {
  const without = blocks.filter((block) => !isException(block) && wayOf(block) === undefined);
  assert.deepEqual(without.map(nameOf), [], 'give its fence a language, or bind it in scripts/documents/ways.ts');
});

test('a new block is run by its language, and needs a row without one', () => {
  const block = { file: 'docs/new.md', line: 1, text: 'METHOD\n' };
  assert.deepEqual(
    ['sh', 'yaml', 'json', ''].map((language) => wayOf({ ...block, language })),
    ['shell', 'settings', undefined, undefined],
  );
  assert.deepEqual(
    [isLeftOut('docs/upgrade.md', 'git pull'), isLeftOut('docs/new.md', 'git pull'), isLeftOut('docs/upgrade.md', 'git push')],
    [true, false, false],
  );
});

test('a way that is a test file exists and names the page', () => {
  const wrong = blocks.filter((block) => !runsElsewhere(block));
  assert.deepEqual(wrong.map(nameOf), []);
});

function runsElsewhere(block: Block): boolean {
  const way = wayOf(block);
  if (!way?.endsWith('.test.ts')) return true;
  return existsSync(join(root, way)) && (read(way).includes(block.file) || read(way).includes(basename(join(block.file, '..'))));
}

test('every command in the text of the README has a way to run it', () => {
  assert.deepEqual(inlineCommands(read('README.md')).toSorted(), Object.keys(inlineWays).toSorted());
  assert.deepEqual(inlineCommands('a `npm run x`, `npm run x` and `ls`\n```sh\n`npm y`\n```\n'), ['npm run x']);
  const commands = blocks.map(({ text }) => text).join('\n');
  for (const [command, way] of Object.entries(inlineWays)) {
    if (way === 'block') assert.ok(commands.includes(command), command);
    assert.equal(isLeftOut('README.md', command) && way !== 'block', way === 'exception', command);
  }
});

test('every script that a page runs with npm is in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const named = pages.flatMap((page) => [...read(page).matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map(([, name = '']) => `${page}: ${name}`));
  assert.ok(named.length > 40, `${named.length} commands`);
  const missing = named.filter((row) => !((row.split(': ')[1] ?? '') in scripts));
  assert.deepEqual(missing, []);
});

test('every row of the tables names one block or command that exists', () => {
  assert.deepEqual(unusedBindings(), []);
  const gone = exceptions.filter(({ file, first }) => !rows.some(({ block, text }) => block.file === file && `${text}  `.startsWith(first)));
  assert.deepEqual(gone, []);
  for (const { first, reason } of exceptions) assert.ok(reason.length > 8, first);
});

test('at most one in ten is not run', () => {
  const listed = rows.filter(isListed);
  assert.ok(listed.length >= exceptions.length, `${listed.length} of ${exceptions.length}`);
  assert.ok(listed.length * 10 <= rows.length, `${listed.length} of ${rows.length} blocks and commands`);
});
