// Exports without a docstring are named with the file that declares them; re-exports, imports and other packages are followed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { undocumentedExports } from '../checks/docstrings.ts';
import { temporaryTree } from './temporary-tree.ts';

test('each kind of export needs a docstring directly above it', (t) => {
  const dir = temporaryTree(t, {
    'packages/a/src/index.ts': [
      '// The exports.',
      "import { imported } from './far.ts';",
      "export { bare, type Bare, Class as Renamed, good, late, lineComment, type Shape } from './near.ts';",
      "export { other } from '@danmux/b';",
      'export { imported };',
      'export const own = 1;',
    ].join('\n'),
    'packages/a/src/near.ts': [
      '// The file.',
      'export const bare = 1;',
      '/** A type. */',
      'export type Shape = string;',
      'export interface Bare {}',
      '/**',
      ' * A class.',
      ' */',
      'export class Class {}',
      '/** A function. */',
      'export function good(): void {}',
      '/** */',
      'export function late(): void {}',
      '// A line.',
      'export function lineComment(): void {}',
    ].join('\n'),
    'packages/a/src/far.ts': '/** About something else. */\nconst other = 1;\nexport const imported = other;\n',
  });
  assert.deepEqual(undocumentedExports(dir, ['a']), [
    ...['packages/a/src/far.ts: imported', 'packages/a/src/index.ts: own', 'packages/a/src/near.ts: Bare'],
    ...['packages/a/src/near.ts: bare', 'packages/a/src/near.ts: late', 'packages/a/src/near.ts: lineComment'],
  ]);
});

test('an index that exports a name which no file declares is an error', (t) => {
  const dir = temporaryTree(t, { 'packages/a/src/index.ts': "export { missing } from './near.ts';", 'packages/a/src/near.ts': 'export const here = 1;' });
  assert.throws(() => undocumentedExports(dir, ['a']), /declares no missing/);
});
