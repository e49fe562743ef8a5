// A checkout whose sources are newer than its build says so at the start and at `config check`; a current build, an unbuilt package and an
// installed package without a workspace say nothing.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const bin = fileURLToPath(new URL('../../bin', import.meta.url));
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'danmux-build-age-'));
  cpSync(bin, join(root, 'packages/cli/bin'), { recursive: true });
  put('packages/cli/package.json', 100, '{"type":"module"}');
  put('packages/cli/tsconfig.json', 100);
  put('packages/cli/src/main.ts', 100);
  put('packages/cli/dist/main.js', 100, 'console.log("the build runs")');
  put('packages/cli/dist/.tsbuildinfo', 200);
  put('packages/edge/src/hub/hub.ts', 150);
  put('packages/edge/dist/.tsbuildinfo', 200);
  put('packages/web/console/main.ts', 150);
  put('packages/web/dist/console/index.html', 200);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** `time`: seconds since 1970 of the last change. */
function put(path: string, time: number, text = ''): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
  utimesSync(join(root, path), time, time);
}

function run(...args: string[]): string {
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'packages/cli/bin/danmux.js'), ...args], { encoding: 'utf8' });
  assert.equal(stdout, 'the build runs\n', stderr);
  return stderr;
}

test('a current build says nothing', () => {
  for (const command of ['start', 'config']) assert.equal(run(command), '', command);
});

for (const path of ['packages/edge/src/hub/hub.ts', 'packages/cli/src/main.ts', 'packages/web/console/main.ts']) {
  test(`${path} is newer than its build: start and config check name it, other commands print nothing`, () => {
    put(path, 201);
    for (const command of ['start', 'config'])
      assert.match(run(command), new RegExp(`^danmux: ${path} is newer than the build, .*npm run build.*\n$`), command);
    assert.equal(run('token'), '');
  });
}

test('an unbuilt package, and an installed one without a workspace around it', () => {
  put('packages/relay/src/relay.ts', 999);
  assert.equal(run('start'), '');
  put('packages/edge/src/hub/hub.ts', 999);
  rmSync(join(root, 'packages/cli/tsconfig.json'));
  assert.equal(run('start'), '');
});
