// Runs the conformance suite on a real Redis Cluster of three masters, with sharded channels.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { eventually, type RedisClusterGroup, redisCli, startRedisCluster } from '@danmux/testkit';
import { testRuntime } from '@danmux/testkit/unit';
import { Cluster } from 'ioredis';
import type { Heads } from '../../src/contract/streams.ts';
import { RedisBus } from '../../src/redis/bus.ts';
import { RedisConnection } from '../../src/redis/connection/connection.ts';
import { createKeys } from '../../src/redis/keys.ts';
import { shardOf } from '../../src/shard.ts';
import { busConformance } from '../conformance.ts';
import { putBack } from '../put-back.ts';

let group: RedisClusterGroup;
before(async () => {
  group = await startRedisCluster();
});
after(() => group.stop());

const wipe = async () => {
  await Promise.all(group.servers.map(({ port }) => redisCli(port, 'flushall')));
};

test('a connection becomes ready once, when the cluster accepts commands', async (t) => {
  const connection = new RedisConnection(testRuntime({ after }, { 'redis.url': group.url }), 'test');
  const answers: Promise<unknown>[] = [];
  connection.onReady(() => answers.push(connection.client.ping()));
  t.after(() => connection.stop());
  connection.start();
  await eventually(() => assert.equal(connection.up, true));
  assert.equal(await connection.client.ping(), 'PONG');
  assert.deepEqual(await Promise.all(answers), ['PONG']);
});

busConformance('redis cluster', async (set) => {
  await wipe();
  const runtime = testRuntime({ after }, { 'redis.url': group.url, ...set });
  const { config } = runtime;
  const bus = new RedisBus(runtime);
  await bus.start();
  await eventually(() => bus.health());
  const rollBack = (room: string, heads: Heads) =>
    putBack(
      new Cluster(
        group.servers.map(({ port }) => ({ host: '127.0.0.1', port })),
        {},
      ),
      createKeys(config.redis.prefix, config.shards, 0),
      room,
      heads,
    );
  return { bus, config, clock: runtime.clock, wipe, rollBack, close: () => bus.stop() };
});

test('moving a slot to another master begins no new epoch in its rooms', async (t) => {
  await wipe();
  const runtime = testRuntime({ after }, { 'redis.url': group.url });
  const { config } = runtime;
  const bus = new RedisBus(runtime);
  t.after(() => bus.stop());
  await bus.start();
  await eventually(() => bus.health());
  const room = 'live:moves';
  const key = createKeys(config.redis.prefix, config.shards, 0).shard(shardOf(room, config.shards)).heads(room);
  const heads = await bus.streams.heads(room, {});
  const from = await group.masterOf(key);
  const to = group.servers.find((server) => server !== from) ?? assert.fail();
  await moveSlot((await redisCli(from.port, 'cluster', 'keyslot', key)).trim(), from.port, to.port);
  await eventually(async () => assert.equal((await group.masterOf(key)).port, to.port));
  assert.deepEqual(await bus.streams.heads(room, { known: heads }), heads);
  assert.deepEqual(await bus.streams.heads(room, {}), heads);
  assert.deepEqual((await runtime.metrics.epochs.get()).values, []);
});

async function moveSlot(slot: string, from: number, to: number): Promise<void> {
  const [source, target] = await Promise.all([from, to].map(async (port) => (await redisCli(port, 'cluster', 'myid')).trim()));
  await redisCli(to, 'cluster', 'setslot', slot, 'importing', source ?? '');
  await redisCli(from, 'cluster', 'setslot', slot, 'migrating', target ?? '');
  const keys = (await redisCli(from, 'cluster', 'getkeysinslot', slot, '1000')).split('\n').filter(Boolean);
  if (keys.length > 0) await redisCli(from, 'migrate', '127.0.0.1', String(to), '', '0', '5000', 'keys', ...keys);
  for (const port of [to, from]) await redisCli(port, 'cluster', 'setslot', slot, 'node', target ?? '');
}
