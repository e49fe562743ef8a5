// The ending of processes, with real ones: those that ignore a signal, and those that left their group.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { endLeftovers, leftovers } from '../suite/leftovers.ts';
import { endProgram, runProgram, startProgram, testEnvironment } from '../suite/process-group.ts';

const cwd = new URL('../..', import.meta.url).pathname;
const options = (mark: string, timeoutMs = 20_000) => ({ cwd, env: testEnvironment(mark), timeoutMs });
const root = realpathSync(mkdtempSync(join(tmpdir(), 'danmux-group-')));
after(() => rmSync(root, { recursive: true }));

function markOf(name: string): string {
  mkdirSync(join(root, name, 'inner'), { recursive: true });
  return join(root, name);
}

test('the exit code of a program is returned', async () => {
  assert.deepEqual(await runProgram('sh', ['-c', 'exit 7'], options(markOf('code'))), { code: 7, timedOut: false });
});

test('a program that is not there has not ended well', async () => {
  assert.deepEqual(await runProgram('no-such-program', [], options(markOf('none'))), { code: null, timedOut: false });
});

test('when time is up the children of the program end too', async () => {
  const mark = markOf('late');
  const { timedOut } = await runProgram('sh', ['-c', 'sleep 600 & sleep 600'], options(mark, 200));
  assert.equal(timedOut, true);
  assert.deepEqual(await endLeftovers(mark, 2_000), []);
});

test('a child that the program forgot in its group ends with it', async () => {
  const mark = markOf('forgotten');
  assert.equal((await runProgram('sh', ['-c', 'sleep 600 & exit 0'], options(mark))).code, 0);
  assert.deepEqual(await endLeftovers(mark, 2_000), []);
});

test('a process that left its group is found by its mark, named and killed', async () => {
  const mark = markOf('daemon');
  const daemon = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: testEnvironment(mark) });
  const ended = once(daemon, 'exit');
  const left = await endLeftovers(mark, 0);
  assert.deepEqual(left, [{ pid: daemon.pid, command: 'sleep 600' }]);
  assert.deepEqual(await ended, [null, 'SIGKILL']);
  assert.deepEqual(leftovers(mark), []);
});

test('a process that lost its environment is found by where it works', async () => {
  const mark = markOf('nameless');
  const daemon = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', cwd: join(mark, 'inner'), env: { PATH: process.env['PATH'] } });
  const ended = once(daemon, 'exit');
  assert.deepEqual(await endLeftovers(mark, 0), [{ pid: daemon.pid, command: 'sleep 600' }]);
  assert.deepEqual(await ended, [null, 'SIGKILL']);
});

test('processes of another run are not touched', async () => {
  const other = startProgram('sleep', ['600'], options(markOf('other')));
  assert.deepEqual(await endLeftovers(markOf('mine'), 0), []);
  assert.equal(other.exitCode, null);
  await endProgram(other);
  assert.equal(other.signalCode, 'SIGTERM');
});

test('the environment of tests has the mark and points at no cluster', () => {
  const env = testEnvironment('/tmp/m', {
    PATH: '/bin',
    REDIS_URL: 'redis://example',
    DANMUX_API_KEY: 'k',
    NODE_ENV: 'production',
    NODE_TEST_CONTEXT: 'child',
  });
  assert.equal(env['DANMUX_TEST_RUN'], '/tmp/m');
  assert.equal(env['TMPDIR'], '/tmp/m');
  assert.equal(env['PATH'], '/bin');
  for (const name of ['REDIS_URL', 'DANMUX_API_KEY', 'NODE_ENV', 'NODE_TEST_CONTEXT']) assert.equal(env[name], undefined, name);
});
