// The ecosystem file refuses wrong settings before pm2 starts or reloads anything, and hands every setting to every process. pm2 itself runs it in
// the cluster tests of testkit.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const file = fileURLToPath(new URL('../../ecosystem.config.js', import.meta.url));
const secrets = { DANMUX_TOKEN_SECRET: 's'.repeat(40), DANMUX_API_KEY: 'k'.repeat(40) };

interface App {
  readonly name: string;
  readonly instances: number;
  readonly env: Readonly<Record<string, string>>;
}

/** `command` is the word that pm2 was called with; `stop` reads the file without checking settings. */
async function appsOf(command: string, env: Readonly<Record<string, string>>): Promise<App[]> {
  const script = `console.log(JSON.stringify(require(${JSON.stringify(file)}).apps))`;
  const { stdout } = await run(process.execPath, ['-e', script, 'pm2', command], { env: { PATH: process.env['PATH'], ...env } });
  return JSON.parse(stdout) as App[];
}

for (const [what, env, reason] of [
  ['no REDIS_URL', secrets, /danmux: set REDIS_URL to the Redis of the cluster/],
  ['a malformed REDIS_URL', { ...secrets, REDIS_URL: 'reddis://127.0.0.1' }, /redis\.url must be redis:\/\/.*\n.*nothing was started or reloaded/],
  ['a short secret', { ...secrets, REDIS_URL: 'redis://127.0.0.1:1', DANMUX_API_KEY: 'short' }, /api\.key has 5 characters; it must have 32 or more/],
] as const) {
  test(`${what}: one line names it, and the status is 1`, { timeout: 60_000 }, async () => {
    await assert.rejects(appsOf('start', env), ({ code, stderr }: { code: number; stderr: string }) => {
      assert.equal(code, 1);
      assert.match(stderr, reason);
      return true;
    });
  });
}

for (const [name, value] of [
  ['DANMUX_EDGES', 'two'],
  ['DANMUX_EDGES', '0'],
  ['DANMUX_APIS', '1.5'],
] as const) {
  test(`${name}=${value} is refused`, async () => {
    await assert.rejects(appsOf('stop', { [name]: value }), ({ stderr }: { stderr: string }) => {
      assert.match(stderr, new RegExp(`^danmux: ${name} must be a number of processes, 1 or more; got "${value}"`));
      return true;
    });
  });
}

test('every process gets every setting of the environment, and a port of its own', async () => {
  const apps = await appsOf('stop', { ...secrets, REDIS_URL: 'redis://127.0.0.1:1', NODE_ENV: 'production', DANMUX_EDGES: '3', UNRELATED: 'x' });
  assert.deepEqual(
    apps.map(({ name }) => name),
    ['danmux-relay-0', 'danmux-relay-1', 'danmux-worker-0', 'danmux-edge-0', 'danmux-edge-1', 'danmux-edge-2', 'danmux-api'],
  );
  for (const { name, env } of apps) {
    assert.deepEqual([env['DANMUX_API_KEY'], env['REDIS_URL'], env['NODE_ENV']], [secrets.DANMUX_API_KEY, 'redis://127.0.0.1:1', 'production'], name);
    assert.ok(!('UNRELATED' in env), name);
  }
  assert.deepEqual(
    apps.flatMap(({ env }) => env['DANMUX_EDGE_PORT'] ?? []),
    ['7700', '7701', '7702'],
  );
});
