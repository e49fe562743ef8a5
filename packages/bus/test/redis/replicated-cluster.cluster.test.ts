// `redis.ack: replicated` on a Redis Cluster: each master waits for its own replica on the connection that wrote, and writes follow a slot
// that moves to another master.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type Bus, createBus, shardOf } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisClusterGroup, type RedisServer, redisCli, startRedisCluster } from '@danmux/testkit';
import { testRuntime } from '@danmux/testkit/unit';
import { message } from '../conformance/case-kit.ts';

let group: RedisClusterGroup;
let runtime: Runtime;
let bus: Bus;
before(async () => {
  group = await startRedisCluster({ replicas: 1 });
  runtime = testRuntime({ after }, { 'redis.url': group.url, 'redis.ack': 'replicated' });
  bus = createBus(runtime);
  await bus.start();
  await eventually(() => bus.health());
});
afterEach(() => {
  for (const server of group.servers) server.resume();
});
after(async () => {
  await bus.stop();
  await group.stop();
});

const masterOf = (room: string) => group.masterOf(`danmux:{s${shardOf(room, runtime.config.shards)}}:ledger`);
const gift = (room: string, id: string) => bus.ingress.publish([message(runtime.config, room, 'gift', id)]);

/** A room on the same master as `room`, or on another one. */
async function roomOf(master: RedisServer, same: boolean): Promise<string> {
  for (let at = 0; ; at++) if (((await masterOf(`live:${at}`)).port === master.port) === same) return `live:${at}`;
}

async function replicaOf(master: RedisServer): Promise<RedisServer> {
  for (const server of group.servers) if ((await redisCli(server.port, 'info', 'replication')).includes(`master_port:${master.port}`)) return server;
  throw new Error('the master has no replica');
}

test('a frozen replica causes refusals only for gifts of its own master', { timeout: 60_000 }, async () => {
  const master = await masterOf('live:0');
  const other = await roomOf(master, false);
  await eventually(async () => assert.deepEqual(await gift('live:0', 'g0'), [{ id: 'g0', duplicate: false }]));
  (await replicaOf(master)).pause();
  const [refused] = await gift('live:0', 'g1');
  assert.match(String(refused), /Fewer than 1 replica confirmed/);
  assert.match(runtime.degraded.list[0]?.text ?? '', new RegExp(`replica\\(s\\) of 127.0.0.1:${master.port} confirm`));
  assert.deepEqual(await gift(other, 'g2'), [{ id: 'g2', duplicate: false }]);
  for (const server of group.servers) server.resume();
  await eventually(async () => assert.deepEqual(await gift('live:0', 'g1'), [{ id: 'g1', duplicate: true }]));
  await eventually(() => assert.deepEqual(runtime.degraded.list, []));
});

test('after a planned failover gifts go to the new master of the slot', { timeout: 60_000 }, async () => {
  const master = await masterOf('live:0');
  await redisCli((await replicaOf(master)).port, 'cluster', 'failover');
  await eventually(async () => assert.notEqual((await masterOf('live:0')).port, master.port), { timeoutMs: 20_000 });
  await eventually(async () => assert.ok(!((await gift('live:0', 'g3'))[0] instanceof Error)), { timeoutMs: 20_000 });
  assert.match(await redisCli((await masterOf('live:0')).port, 'get', `danmux:{s${shardOf('live:0', runtime.config.shards)}}:seen:live:0 g3`), /g3/);
});
