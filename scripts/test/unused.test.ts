// Knip finds an unused file, export and dependency under the settings of this repository's shape.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { temporaryTree } from './temporary-tree.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const settings = JSON.parse(readFileSync(`${root}knip.json`, 'utf8')) as { workspaces: Record<string, object> };

const knip = (dir: string) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const child = execFile(`${root}node_modules/.bin/knip`, ['--no-progress', '--no-config-hints'], { cwd: dir }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });

test('an unused file, an unused export and an unused dependency fail the check', async (t) => {
  const dir = temporaryTree(t, {
    'package.json': { name: 'tree', private: true, workspaces: ['packages/*'] },
    'knip.json': { workspaces: { 'packages/*': settings.workspaces['packages/*'] } },
    'packages/a/package.json': { name: 'a', type: 'module', exports: { '.': './src/index.ts' }, dependencies: { fastify: '1' } },
    'packages/a/src/index.ts': "export { used } from './used.ts';",
    'packages/a/src/used.ts': 'export const used = 1;\nexport const forgotten = 2;',
    'packages/a/src/lonely.ts': '',
    'packages/a/test/used.test.ts': "import { used } from '../src/used.ts';\nused;",
  });
  const { code, output } = await knip(dir);
  assert.equal(code, 1, output);
  for (const finding of [/lonely\.ts/, /forgotten/, /fastify/]) assert.match(output, finding);
  assert.doesNotMatch(output, /used\.test\.ts/);
});
