// `npm run drill` as an operator runs it, against a cluster under a real pm2. A drill that loses or doubles a gift ends with an
// error, so that its end is what is tested, and what it printed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { createClockFile, freePorts, Pm2, repositoryRoot, startRedis, testSecrets } from '../src/index.ts';
import { redisCli } from '../src/redis-cluster.ts';

const run = promisify(execFile);

interface Drilled {
  readonly output: string;
  readonly good: boolean;
}

/** Runs `use` with a way to drill a pm2 cluster on the given Redis; all of the cluster is ended after. */
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

test('full-lane and redis-restart: what they do, what they print, and what they refuse', { timeout: 240_000 }, async (t) => {
  const redis = await startRedis({ args: ['--appendonly', 'yes'] });
  try {
    await onCluster(redis.url, async (drill) => {
      const full = await drill('full-lane');
      mustBeGood(full);
      // A thousand more than the lane holds; one that a relay had read already is sent after all.
      const shed = Number(/^(\d+) of them were shed and counted$/m.exec(full.output)?.[1]);
      assert.ok(shed >= 500 && shed <= 1_000, full.output);
      const right = await drill('clock-step');
      assert.ok(!right.good);
      assert.match(right.output, /DANMUX_TEST_CLOCK=/, 'it says how to start a cluster whose clock can be stepped');
      const refused = await drill('redis-restart');
      assert.ok(!refused.good);
      assert.match(refused.output, /needs --start/);
      const start = `redis-server --port ${redis.port} --bind 127.0.0.1 --dir ${redis.dir} --save '' --appendonly yes --daemonize yes`;
      const restart = await drill('redis-restart', '--start', start);
      mustBeGood(restart);
      t.diagnostic(`full-lane:\n${full.output}\nredis-restart:\n${restart.output}`);
    });
  } finally {
    // The one that the drill started is nobody's child.
    await redisCli(redis.port, 'shutdown', 'nosave').catch(() => '');
    await redis.stop();
  }
});

test('clock-step: on a cluster that was started on a clock of its own', { timeout: 180_000 }, async (t) => {
  const redis = await startRedis();
  const clock = await createClockFile();
  try {
    await onCluster(
      redis.url,
      async (drill) => {
        const stepped = await drill('clock-step');
        mustBeGood(stepped);
        assert.match(stepped.output, /^the clocks are 20 minutes slow$/m);
        t.diagnostic(stepped.output);
      },
      clock.env,
    );
  } finally {
    await redis.stop();
    await clock.remove();
  }
});
