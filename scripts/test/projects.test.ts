// Each TypeScript file is in exactly one type-checked project: trees where one is in none and one is in two.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { strayFiles } from '../checks/projects.ts';
import { temporaryTree } from './temporary-tree.ts';

test('a file of no project and a file of two are named; an import does not count', async (t) => {
  const dir = temporaryTree(t, {
    'tsconfig.json': { files: [], references: [{ path: 'a' }] },
    'a/tsconfig.json': { include: ['src'] },
    'tsconfig.test.json': { include: ['a/test', 'a/src/both.ts'] },
    'a/src/good.ts': 'export const good = 1;',
    'a/src/both.ts': '',
    'a/test/good.test.ts': "import '../src/good.ts';",
    'a/loose.ts': '',
  });
  execFileSync('git', ['init', '--quiet', dir]);
  assert.deepEqual(await strayFiles(dir, ['tsconfig.test.json']), [
    'a/loose.ts: in no type-checked project',
    'a/src/both.ts: in 2 type-checked projects: a, tsconfig.test.json',
  ]);
});
