// Runs `npm run drill` like an operator, against a cluster under a real pm2. A drill that loses or duplicates a gift exits with an error,
// so these tests check the exit code and the output.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createClockFile, freePorts, fullDrills, Pm2, repositoryRoot, startRedis, testSecrets } from '../src/index.ts';
import { redisCli } from '../src/redis-cluster.ts';

const run = promisify(execFile);

interface Drilled {
  readonly output: string;
  readonly good: boolean;
}

/** Starts a pm2 cluster on the given Redis, calls `use` with a function that runs a drill on it, and stops the cluster afterwards. */
async function onCluster(
  redisUrl: string,
  use: (drill: (name: string, ...args: string[]) => Promise<Drilled>) => Promise<void>,
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const first = await freePorts(8);
  const ports = { RELAY: first, WORKER: first + 2, EDGE: first + 3, API: first + 5 };
  const settings = Object.fromEntries(Object.entries(ports).map(([role, port]) => [`DANMUX_${role}_PORT`, String(port)]));
  const pm2 = await Pm2.create({ ...testSecrets, ...settings, ...more, REDIS_URL: redisUrl, NODE_ENV: 'test' });
  try {
    await pm2.start();
    await use(async (name, ...args) => {
      const command = ['--conditions=source', '--import', 'tsx', 'scripts/drill.ts', name, '--url', `http://127.0.0.1:${ports.API}`];
      const options = { cwd: repositoryRoot, env: { ...process.env, ...pm2.env }, timeout: 120_000 };
      return run(process.execPath, [...command, '--viewers', '20', '--seconds', '4', ...args], options).then(
        ({ stdout, stderr }) => ({ output: stdout + stderr, good: true }),
        (error: { stdout: string; stderr: string }) => ({ output: error.stdout + error.stderr, good: false }),
      );
    });
  } finally {
    await pm2.stop();
  }
}

function mustBeGood({ output, good }: Drilled): void {
  assert.ok(good, output);
  assert.match(output, /^gifts lost +0$/m);
  assert.match(output, /^gifts doubled +0$/m);
  assert.match(output, /^all flowing again +\d+ ms after the fault ended$/m);
}

test('full-lane and clock-step succeed; redis-restart without --start is refused', { timeout: 240_000 }, async (t) => {
  const redis = await startRedis();
  const clock = await createClockFile();
  try {
    await onCluster(
      redis.url,
      async (drill) => {
        const full = await drill('full-lane');
        mustBeGood(full);
        // A thousand more than the lane holds; a gift that a relay has already read is still delivered.
        const shed = Number(/^(\d+) of them were shed and counted$/m.exec(full.output)?.[1]);
        assert.ok(shed >= 500 && shed <= 1_000, full.output);
        const refused = await drill('redis-restart');
        assert.ok(!refused.good, refused.output);
        assert.match(refused.output, /needs --start/);
        const stepped = await drill('clock-step');
        mustBeGood(stepped);
        assert.match(stepped.output, /^the clocks are 20 minutes slow$/m);
        t.diagnostic(`full-lane:\n${full.output}\nclock-step:\n${stepped.output}`);
      },
      clock.env,
    );
  } finally {
    await redis.stop();
    await clock.remove();
  }
});

if (fullDrills)
  test('redis-restart succeeds; clock-step without a steppable clock is refused', { timeout: 240_000 }, async (t) => {
    const redis = await startRedis({ args: ['--appendonly', 'yes'] });
    try {
      await onCluster(redis.url, async (drill) => {
        const right = await drill('clock-step');
        assert.ok(!right.good, right.output);
        assert.match(right.output, /DANMUX_TEST_CLOCK=/, 'it says how to start a cluster whose clock can be stepped');
        const start = `redis-server --port ${redis.port} --bind 127.0.0.1 --dir ${redis.dir} --save '' --appendonly yes --daemonize yes`;
        const restart = await drill('redis-restart', '--start', start);
        mustBeGood(restart);
        t.diagnostic(`redis-restart:\n${restart.output}`);
      });
    } finally {
      // The Redis started by the drill is not a child of this test, so shut it down explicitly.
      await redisCli(redis.port, 'shutdown', 'nosave').catch(() => '');
      await redis.stop();
    }
  });
