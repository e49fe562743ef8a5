// The table of lanes decides: no source of the server compares a lane with a name. Browser packages may, because they choose how a lane looks.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { laneNames } from '@danmux/protocol';

const root = new URL('../../', import.meta.url).pathname;
const folders = ['api', 'bus', 'cli', 'cluster', 'edge', 'jobs', 'policy', 'protocol', 'relay', 'runtime', 'webhooks', 'worker'];
const compared = new RegExp(`lane\\)? [!=]== '(${laneNames.join('|')})'|'(${laneNames.join('|')})' [!=]== [\\w.]*lane`, 'i');

test('a comparison of a lane with a name is found', () => {
  for (const line of [
    "if (lane === 'gift') x();",
    "return msg.lane !== 'chat';",
    "'control' === row.lane",
    "laneOf(type) === 'x' || types[type]?.lane === 'ambient'",
  ])
    assert.match(line, compared);
  assert.doesNotMatch("lane: 'gift'", compared);
});

test('no source of the server compares a lane with a name', () => {
  const files = folders.flatMap((folder) => {
    const src = join(root, 'packages', folder, 'src');
    return readdirSync(src, { recursive: true, encoding: 'utf8' }).flatMap((name) => (name.endsWith('.ts') ? [join(src, name)] : []));
  });
  assert.ok(files.length > 200, `${files.length} files were read`);
  const found = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, index) => (compared.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
  assert.deepEqual(found, []);
});
