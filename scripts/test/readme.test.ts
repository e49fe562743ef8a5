// The pages for people: both READMEs show the same commands, and every file a page links to is there.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { viewerEvents } from '@danmux/protocol';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), 'utf8');
/** Code blocks without their comments, which are in two languages. */
const commands = (page: string) => [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map((match) => (match[1] ?? '').replace(/\s*(#|\/\/ ).*$/gm, ''));

const inFolder = (dir: string) => readdirSync(join(root, dir)).flatMap((name) => (name.endsWith('.md') ? [join(dir, name)] : []));
const pages = [
  ...inFolder('.'),
  ...inFolder('docs'),
  ...inFolder('docs/decisions'),
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
});

test('source files and folders that a page names are there', () => {
  const missing = pages.flatMap((page) => {
    const names = [...read(page).matchAll(/`([a-z-]+\/(?:src|lua|test)\/[\w./-]*)`/g)].map((match) => match[1] ?? '');
    return names.filter((name) => !existsSync(join(root, 'packages', name))).map((name) => `${page}: ${name}`);
  });
  assert.deepEqual(missing, []);
});

test('files that a page names without a folder are somewhere in the packages', () => {
  const known = new Set(readdirSync(join(root, 'packages'), { recursive: true }).map((path) => basename(String(path))));
  const missing = pages.flatMap((page) => {
    const names = [...read(page).matchAll(/`([a-z0-9-]+(?:\.[a-z0-9]+)*\.ts)`/g)].map((match) => match[1] ?? '');
    return names.filter((name) => !known.has(name)).map((name) => `${page}: ${name}`);
  });
  assert.deepEqual(missing, []);
});

test('a section of a page is there when another page links to it', () => {
  const missing = pages.flatMap((page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)].map((match) => [match[1] || basename(page), match[2] ?? ''] as const);
    return links.filter(([file, anchor]) => !anchorsOf(join(dirname(page), file)).includes(anchor)).map(([file, anchor]) => `${page}: ${file}#${anchor}`);
  });
  assert.deepEqual(missing, []);
});

/** As GitHub makes them of headings. */
function anchorsOf(page: string): string[] {
  if (!existsSync(join(root, page))) return [];
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test('the README names as missing exactly what is missing', () => {
  const missing = /## What is not there yet\n([\s\S]*?)\n## /.exec(read('README.md'))?.[1] ?? '';
  const { paths } = JSON.parse(read('docs/openapi.json')) as { paths: Readonly<Record<string, unknown>> };
  const there: readonly (readonly [line: RegExp, there: boolean])[] = [
    [/settings and feature switches/, '/v1/config' in paths || '/v1/switches/{name}' in paths],
    [/draining or closing a node/, '/v1/nodes/{id}/drain' in paths],
    [/calls of backend services/, 'call' in viewerEvents],
    [/renewing a token/, 'auth' in viewerEvents],
    [/an image, a compose file and a chart/, existsSync(join(root, 'deploy'))],
    [/console|OBS|`danmux nodes`/, existsSync(join(root, 'packages/web/console')) && existsSync(join(root, 'packages/web/obs'))],
  ];
  for (const [line, isThere] of there) assert.equal(line.test(missing), !isThere, String(line));
});
