// The pages for people: both READMEs show the same commands, and every file a page links to is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** Code blocks without their comments, which are in two languages. */
const commands = (page: string) => [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map((match) => (match[1] ?? '').replace(/\s*(#|\/\/ ).*$/gm, ''));

const inFolder = (dir: string) => readdirSync(join(root, dir)).flatMap((name) => (name.endsWith('.md') ? [join(dir, name)] : []));
const pages = [
  ...inFolder('.'),
  ...inFolder('docs'),
  ...inFolder('config'),
  'clients/php/README.md',
  'examples/README.md',
  'packages/sdk/README.md',
  'packages/sdk-elements/README.md',
];

test('the first thing in each README is the two commands', () => {
  for (const page of ['README.md', 'README.zh-CN.md']) assert.match(read(page), /^# Danmux\n\n```sh\nnpm ci && npm start +#.*\nnpm ci && npm test +#.*\n```\n/);
});

test('both READMEs show the same commands', () => {
  const english = commands(read('README.md'));
  assert.ok(english.length >= 5);
  assert.deepEqual(commands(read('README.zh-CN.md')), english);
});

for (const page of pages) {
  test(`${page} links only to files that are there`, () => {
    const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map((match) => match[1] ?? '');
    const missing = links.filter((link) => !existsSync(join(root, dirname(page), link)));
    assert.deepEqual(missing, [], relative(root, page));
  });
}

test('scripts and programs the README runs are there', () => {
  for (const [path] of read('README.md').matchAll(/\b(?:clients|examples|packages|scripts)\/[\w./-]+\.(?:php|py|ts|js)\b|ecosystem\.config\.js/g))
    assert.ok(existsSync(join(root, path)) || path.includes('/dist/'), path);
  const { scripts } = JSON.parse(read('package.json'));
  for (const [, script] of `${read('README.md')}${read('CONTRIBUTING.md')}`.matchAll(/`npm run ([\w:]+)`/g)) assert.ok(script && script in scripts, script);
});
