// A Redis that keeps its connections open but answers no command. After the command timeout the connection counts as lost: commands do not
// queue in memory, and refused ones are not executed when Redis answers again.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisBus } from '../../src/redis/bus.ts';
import { shardOf } from '../../src/shard.ts';
import { message } from '../conformance/case-kit.ts';

const room = 'live:1';
let redis: RedisServer;
let bus: RedisBus;
let runtime: Runtime;
beforeEach(async () => {
  redis = await startRedis();
  runtime = testRuntime({ after }, { 'redis.url': redis.url, 'redis.command_timeout_ms': 300 });
  bus = new RedisBus(runtime);
  await bus.start();
  await eventually(() => bus.health());
});
afterEach(async () => {
  redis.resume();
  await bus.stop();
  await redis.stop();
});

async function refusedAfterMs(id: string): Promise<number> {
  const began = performance.now();
  const [result] = await bus.ingress.publish([message(runtime.config, room, 'gift', id)]);
  assert.ok(result instanceof Error);
  return performance.now() - began;
}

test('on a silent Redis the first commands are refused after the timeout, later ones immediately', { timeout: 30_000 }, async () => {
  redis.pause();
  assert.ok((await refusedAfterMs('first')) >= 290);
  await eventually(async () => assert.ok((await refusedAfterMs('later')) < 150), { timeoutMs: 3_000 });
});

test('a silent subscription connection is replaced, and its listeners get `resumed`', { timeout: 30_000 }, async () => {
  let resumed = 0;
  await bus.frames.subscribe(room, { frame: () => {}, resumed: () => resumed++ });
  redis.pause();
  await eventually(async () => assert.ok((await refusedAfterMs('later')) < 150), { timeoutMs: 3_000 });
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  redis.resume();
  await eventually(() => assert.equal(resumed, 1));
});

test('a process whose event loop was blocked keeps its connections', { timeout: 30_000 }, async () => {
  let resumed = 0;
  await bus.frames.subscribe(room, { frame: () => {}, resumed: () => resumed++ });
  // The answers arrive while the event loop is blocked.
  const asked = [bus.health(), bus.streams.heads(room)].map((answer) => answer.catch(() => {}));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_500);
  await Promise.all(asked);
  const [result] = await bus.ingress.publish([message(runtime.config, room, 'gift', 'after')]);
  assert.deepEqual(result, { id: 'after', duplicate: false });
  assert.equal(resumed, 0);
});

test('commands refused while Redis is silent are not executed later', { timeout: 30_000 }, async () => {
  redis.pause();
  await refusedAfterMs('first');
  await eventually(async () => assert.ok((await refusedAfterMs('later')) < 150), { timeoutMs: 3_000 });
  await refusedAfterMs('refused');
  redis.resume();
  await eventually(() => bus.health());
  assert.deepEqual(await bus.ingress.publish([message(runtime.config, room, 'gift', 'after')]), [{ id: 'after', duplicate: false }]);
  const stored = (await bus.ingress.read(shardOf(room, runtime.config.shards), 'gift', undefined, 100)).map(({ id }) => id);
  assert.ok(stored.includes('after'));
  assert.ok(!stored.includes('refused'), `${stored}`);
});
