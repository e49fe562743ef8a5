// Long files and functions are listed, longest first, with their place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longsOf } from '../checks/sizes.ts';
import { temporaryTree } from './temporary-tree.ts';

const lines = (count: number) => 'x();\n'.repeat(count);

test('a file of 301 lines and functions of 61 and more are listed; shorter ones and tests are not', (t) => {
  const dir = temporaryTree(t, {
    'a/src/long.ts': lines(301),
    'a/src/short.ts': lines(300),
    'a/src/functions.ts': `function fits() {\n${lines(58)}}\nclass C {\n  grows() {\n${lines(60)}  }\n}\nexport const grown = () => {\n${lines(59)}};\n`,
    'a/test/long.test.ts': `test('x', () => {\n${lines(100)}});\n`,
  });
  const { files, functions } = longsOf(dir, ['a']);
  assert.deepEqual(files, [{ where: 'a/src/long.ts', lines: 301 }]);
  assert.deepEqual(functions, [
    { where: 'a/src/functions.ts:62 grows', lines: 62 },
    { where: 'a/src/functions.ts:125 grown', lines: 61 },
  ]);
});
