// .ci/run in a checkout whose npm is a script of ours: the real one would run this test again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';

const root = mkdtempSync(join(tmpdir(), 'danmux-ci-'));
after(() => rmSync(root, { recursive: true }));
let checkouts = 0;

/** A checkout in which `npm ci` and `npm test` are these lines. */
function checkout(body: string, install = 'exit 0'): string {
  const dir = join(root, String(checkouts++));
  mkdirSync(join(dir, '.ci'), { recursive: true });
  copyFileSync(new URL('../../.ci/run', import.meta.url), join(dir, '.ci/run'));
  writeFileSync(join(dir, 'npm'), `#!/bin/sh\ncase "$1" in\nci) ${install} ;;\ntest) ${body} ;;\nesac\n`, { mode: 0o755 });
  return dir;
}

function start(dir: string) {
  return spawn('sh', [join(dir, '.ci/run')], {
    cwd: tmpdir(),
    env: { ...process.env, PATH: `${dir}:${process.env['PATH']}`, REDIS_URL: 'redis://example', NODE_ENV: 'production' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Runs it to its end; returns its exit code and lines. */
async function run(body: string, install?: string) {
  const dir = checkout(body, install);
  const child = start(dir);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { dir, code, lines: output.trimEnd().split('\n') };
}

/** Resolves when a process that was killed has been reaped. */
async function gone(pid: number): Promise<void> {
  const endsAt = Date.now() + 5_000;
  while (Date.now() < endsAt) {
    if (!existsSync(`/proc/${pid}`)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail(`process ${pid} is still there`);
}

test('it shows what the tests print and ends as they do', async () => {
  const { code, lines } = await run('echo working; echo "3 passed, 0 failed"');
  assert.deepEqual({ code, lines }, { code: 0, lines: ['working', '3 passed, 0 failed'] });
  assert.equal((await run('echo "3 passed, 2 failed"; exit 1')).code, 1);
});

test('an install that fails is one failure', async () => {
  const { code, lines } = await run('echo "3 passed, 0 failed"', 'echo "no lock"; exit 1');
  assert.deepEqual({ code, lines }, { code: 1, lines: ['no lock', '0 passed, 1 failed'] });
});

test('tests that end without a count are one failure, even with exit code 0', async () => {
  const { code, lines } = await run('echo "something passed, 0 failed"');
  assert.deepEqual([code, lines.at(-1)], [1, '0 passed, 1 failed']);
});

test('it runs as CI, in the checkout, without input and without settings of the machine', async () => {
  const { dir, lines } = await run('cat; echo "$CI|$REDIS_URL|$NODE_ENV|$(pwd)"; echo "1 passed, 0 failed"');
  assert.equal(lines[0], `true|||${dir}`);
});

test('a process that was left behind, even in a session of its own, has ended when it returns', async () => {
  const { dir, code } = await run('setsid sleep 600 >/dev/null 2>&1 & echo $! > pid; echo "1 passed, 0 failed"');
  const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'));
  assert.equal(code, 0);
  assert.ok(pid > 1);
  await gone(pid);
});

test('on SIGTERM it ends the processes it started, also a Redis, which hides its environment', async () => {
  const dir = checkout('setsid redis-server --port 0 --save "" --dir "$TMPDIR" >/dev/null 2>&1 & echo $! > pid; echo started; sleep 600');
  const child = start(dir);
  await once(child.stdout, 'data');
  const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'));
  child.kill('SIGTERM');
  assert.deepEqual(await once(child, 'exit'), [143, null]);
  await gone(pid);
});
