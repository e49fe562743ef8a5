// A process on a machine with a wrong clock: it uses the store's time from its start and reports the difference.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { ClusterClock, type Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisBus } from '../../../src/redis/bus.ts';

const hour = 3_600_000;

let redis: RedisServer;
let opened: RedisBus[];
beforeEach(async () => {
  redis = await startRedis();
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((bus) => bus.stop()));
  await redis.stop();
});

/** Creates a process whose machine clock is `ahead` milliseconds ahead of the store's clock. */
function processOf(ahead: number): { runtime: Runtime; bus: RedisBus; step(ms: number): void } {
  let off = ahead;
  const clock = new ClusterClock({ wall: () => Date.now() + off });
  const runtime = testRuntime({ after }, { 'redis.url': redis.url, 'redis.command_timeout_ms': 300 }, { clock });
  const bus = new RedisBus(runtime);
  opened.push(bus);
  return {
    runtime,
    bus,
    step: (ms) => {
      off = ms;
    },
  };
}

const isRight = ({ clock }: Runtime) => assert.ok(Math.abs(clock.now() - Date.now()) < 100, `off by ${clock.now() - Date.now()} ms`);
const said = ({ degraded }: Runtime) => degraded.list.map(({ code, text }) => `${code} ${/[+-][\d.]+ s/.exec(text)?.[0]}`);

for (const [ahead, text] of [
  [11_000, '+11.0 s'],
  [-20_000, '-20.0 s'],
  [hour, '+3600.0 s'],
] as const) {
  test(`with a clock ${text} off, the process has the store's time after its start and is degraded`, async () => {
    const { runtime, bus } = processOf(ahead);
    await bus.start();
    isRight(runtime);
    await eventually(() => assert.deepEqual(said(runtime), [`clock_skew ${text}`]));
    await bus.health();
  });
}

test('a clock half a second off does not degrade the process', async () => {
  const { runtime, bus } = processOf(-500);
  await bus.start();
  isRight(runtime);
  assert.deepEqual(said(runtime), []);
});

test('a clock step at run time degrades the process until it is corrected, and does not change its time', async () => {
  const { runtime, bus, step } = processOf(0);
  await bus.start();
  step(-hour);
  isRight(runtime);
  await eventually(() => assert.deepEqual(said(runtime), ['clock_skew -3600.0 s']));
  isRight(runtime);
  step(0);
  await eventually(() => assert.deepEqual(said(runtime), []));
});

test('without a store the process starts but is not ready, and gets the time when the store is reachable', async () => {
  await redis.kill();
  const { runtime, bus } = processOf(hour);
  await bus.start();
  assert.ok(runtime.clock.now() > Date.now() + hour / 2);
  await assert.rejects(bus.health());
  await redis.start();
  await eventually(() => bus.health());
  isRight(runtime);
});
