// Packages that would break their users are found in the archive that npm would send: a missing file, wrong types, no types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkPublished } from '../checks/published.ts';
import { temporaryTree } from './temporary-tree.ts';

const manifest = (name: string, rest: object = {}) => ({
  ...{ name, version: '1.0.0', license: 'MIT', type: 'module', files: ['dist'] },
  ...{ exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } }, ...rest },
});

test('a good package passes and a private one is not looked at', async (t) => {
  const dir = temporaryTree(t, {
    'packages/good/package.json': manifest('good'),
    'packages/good/LICENSE': 'MIT',
    'packages/good/dist/index.js': 'export const a = 1;',
    'packages/good/dist/index.d.ts': 'export declare const a: number;',
    'packages/ours/package.json': manifest('ours', { private: true }),
  });
  assert.deepEqual(await checkPublished(dir), { packages: 1, offences: [] });
});

test('an archive without a LICENSE is an offence', async (t) => {
  const dir = temporaryTree(t, {
    'packages/bare/package.json': manifest('bare'),
    'packages/bare/dist/index.js': 'export const a = 1;',
    'packages/bare/dist/index.d.ts': 'export declare const a: number;',
  });
  assert.deepEqual((await checkPublished(dir)).offences, ['bare: it has no LICENSE; copy the one of the repository into its folder']);
});

test('exports that are not packed and types that do not resolve are reported with their package', async (t) => {
  const dir = temporaryTree(t, {
    'packages/lost/package.json': manifest('lost', { files: ['src'] }),
    'packages/lost/src/index.ts': 'export const a = 1;',
    'packages/lost/dist/index.js': 'export const a = 1;',
    'packages/untyped/package.json': manifest('untyped', { exports: { '.': './dist/index.js' } }),
    'packages/untyped/dist/index.js': 'export const a = 1;',
    'packages/commonjs/package.json': manifest('commonjs'),
    'packages/commonjs/dist/index.js': 'module.exports = { a: 1 };',
    'packages/commonjs/dist/index.d.ts': 'export declare const a: number;',
  });
  const { packages, offences } = await checkPublished(dir);
  assert.equal(packages, 3);
  for (const name of ['lost', 'untyped', 'commonjs'])
    assert.ok(
      offences.some((offence) => offence.startsWith(`${name}: `)),
      `${name} in ${offences.join('\n')}`,
    );
});
