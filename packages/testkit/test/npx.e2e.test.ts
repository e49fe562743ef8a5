// `npx danmux` in a fresh checkout after `npm install`: npm links the command before anything is built, and the first call builds it.
// The checkout is a copy of the tracked files with a copy of node_modules without the link, which npm then creates.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

const root = new URL('../../../', import.meta.url).pathname;
let checkout = '';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function run(command: string, ...args: string[]): Promise<Ran> {
  const { REDIS_URL: _redis, NODE_ENV: _environment, ...env } = process.env;
  return new Promise((resolve) => {
    execFile(command, args, { cwd: checkout, env, timeout: 150_000 }, (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }));
  });
}
const danmux = (...args: string[]) => run('npx', '--no-install', 'danmux', ...args);

describe('npx danmux in a checkout that is not built', () => {
  before(async () => {
    mkdirSync(join(root, 'artifacts'), { recursive: true });
    // On the same disk as node_modules, because hard links need it. Symbolic links would lead back to the packages of this checkout.
    checkout = mkdtempSync(join(root, 'artifacts/checkout-'));
    const modules = ['node_modules', 'packages/cli/node_modules', 'loadtest/node_modules'].filter((path) => existsSync(join(root, path)));
    const copies = ['git ls-files -z | tar --null --files-from=- --create | tar --extract -C "$0"', ...modules.map((path) => `cp -al ${path} "$0/${path}"`)];
    for (const copy of copies) execFileSync('sh', ['-c', copy, checkout], { cwd: root });
    rmSync(join(checkout, 'node_modules/.bin/danmux'), { force: true });
    const { code, err } = await run('npm', 'rebuild', '--ignore-scripts', '--offline', 'danmux');
    assert.equal(code, 0, err);
  });
  after(() => rmSync(checkout, { recursive: true, force: true }));

  test('npm links the command to a tracked file', () => {
    assert.equal(readlinkSync(join(checkout, 'node_modules/.bin/danmux')), '../danmux/bin/danmux.js');
    assert.equal(existsSync(join(checkout, 'packages/cli/dist')), false, 'nothing is built yet');
  });

  test('the first call builds, reports it on stderr, and runs the command', { timeout: 150_000 }, async () => {
    const { code, out, err } = await danmux('--help');
    assert.equal(code, 0, err);
    assert.match(out, /^Usage: danmux /);
    assert.equal(err, 'danmux: not built yet, building (about 20 seconds) …\n');
  });

  test('later calls print only the output of the command', async () => {
    const checked = await danmux('config', 'check');
    assert.deepEqual(checked, { code: 0, out: 'The settings are good (environment development).\n', err: '' });
    const token = await danmux('token', 'u42', '--name', '小明');
    assert.deepEqual([token.code, token.err], [0, '']);
    assert.match(token.out, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  });
});
