// Detects a Redis that may evict keys: checked on connecting and periodically, reported as a degraded state, cleared when the policy is
// corrected.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { RedisCondition } from '../../../src/redis/connection/condition.ts';
import { RedisConnection } from '../../../src/redis/connection/connection.ts';

let redis: RedisServer;
let connection: RedisConnection | undefined;
before(async () => {
  redis = await startRedis();
});
after(() => redis.stop());
afterEach(async () => {
  connection?.stop();
  await redis.command('CONFIG SET maxmemory 0');
  await redis.command('CONFIG SET maxmemory-policy noeviction');
});

async function open(): Promise<{ condition: RedisCondition; runtime: Runtime; redis: RedisConnection }> {
  const runtime = testRuntime({ after }, { 'redis.url': redis.url }, { role: 'api' });
  connection = new RedisConnection(runtime, 'commands');
  const condition = new RedisCondition(runtime, connection);
  connection.start();
  await eventually(() => assert.ok(connection?.up, 'it stands'));
  return { condition, runtime, redis: connection };
}
const textOf = ({ degraded }: Runtime) => degraded.list.find(({ code }) => code === 'redis_eviction')?.text;

test('every policy except noeviction degrades the process until it is changed', async () => {
  await redis.command('CONFIG SET maxmemory-policy volatile-ttl');
  const { condition, runtime } = await open();
  await eventually(() => assert.match(textOf(runtime) ?? '', /^The maxmemory-policy of Redis is volatile-ttl: /));
  await redis.command('CONFIG SET maxmemory-policy allkeys-lru');
  await condition.look();
  assert.match(textOf(runtime) ?? '', /is allkeys-lru/);
  await redis.command('CONFIG SET maxmemory-policy noeviction');
  await condition.look();
  assert.equal(textOf(runtime), undefined);
});

test('evicted keys are counted, and reported for some minutes after the policy is corrected', async () => {
  await redis.command('CONFIG SET maxmemory-policy allkeys-lru');
  const { condition, runtime, redis: connected } = await open();
  await condition.look();
  const used = Number(/used_memory:(\d+)/.exec(await redis.command('INFO memory'))?.[1]);
  await redis.command(`CONFIG SET maxmemory ${used + 200_000}`);
  for (let n = 0; n < 200; n++) await connected.client.set(`key:${n}`, 'x'.repeat(5_000));
  await condition.look();
  assert.match(textOf(runtime) ?? '', / evicted [1-9]\d* keys /);
  await redis.command('CONFIG SET maxmemory-policy noeviction');
  await condition.look();
  assert.match(textOf(runtime) ?? '', /^Redis evicted keys because its memory was full\. It has evicted [1-9]/);
  for (let looks = 0; looks < 30; looks++) await condition.look();
  assert.equal(textOf(runtime), undefined);
});

test('a refused INFO is reported', async () => {
  const { condition, runtime, redis: connected } = await open();
  await condition.look();
  await connected.client.call('ACL', 'SETUSER', 'default', '-info');
  // A look that is already in progress may have asked before the refusal.
  await eventually(async () => {
    await condition.look();
    assert.deepEqual([textOf(runtime), runtime.degraded.list[0]?.text.slice(0, 38)], [undefined, 'Redis refuses: NOPERM info (commands).']);
  });
  await connected.client.call('ACL', 'SETUSER', 'default', '+info');
});
