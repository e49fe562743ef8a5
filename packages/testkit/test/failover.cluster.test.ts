// Failover of Redis: a Sentinel group loses its master, and a Redis Cluster loses one of three masters. Acknowledged and replicated
// messages survive; publishing pauses and resumes without intervention.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually, ProcessCluster, runScenario, startRedisCluster, startSentinelGroup } from '../src/index.ts';
import { serverAt } from './server-at.ts';

test('sentinel-failover: the master is killed, the replica takes over', { timeout: 180_000 }, async (t) => {
  const group = await startSentinelGroup();
  let cluster: ProcessCluster | undefined;
  try {
    cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 1, redis: serverAt(group.url, group.master) });
    let paused = 0;
    const { audience, traffic } = await runScenario(cluster, { room: 'live:sentinel', chatMayBeLost: true }, async ({ traffic: { gifts } }) => {
      await wait(2_000);
      await group.master.kill();
      const killed = performance.now();
      const before = gifts.length;
      await eventually(async () => assert.equal(await group.masterPort(), group.replica.port), { timeoutMs: 20_000, everyMs: 50 });
      const failedOver = performance.now() - killed;
      await eventually(() => assert.notEqual(gifts.length, before), { timeoutMs: 20_000 });
      paused = performance.now() - killed;
      t.diagnostic(`the sentinels agreed after ${Math.round(failedOver)} ms, gifts flowed again after ${Math.round(paused)} ms`);
      await wait(3_000);
    });
    t.diagnostic(`${traffic.gifts.length} gifts, ${traffic.refusals.length} refusals`);
    assert.equal(audience.disconnected, 0);
    assert.ok(paused < 15_000, `${paused} ms`);
    audience.close();
  } finally {
    await cluster?.stop();
    await group.stop();
  }
});

test('cluster-master-loss: one of three masters is killed, its replica is promoted', { timeout: 180_000 }, async (t) => {
  const group = await startRedisCluster({ replicas: 1 });
  let cluster: ProcessCluster | undefined;
  try {
    const [any] = group.servers;
    assert.ok(any);
    cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 1, redis: serverAt(group.url, any) });
    const room = 'live:cluster';
    const { shardOf } = await import('@danmux/bus');
    const { audience, traffic } = await runScenario(cluster, { room, chatMayBeLost: true }, async ({ traffic: { gifts } }) => {
      await wait(2_000);
      const master = await group.masterOf(`danmux:{s${shardOf(room, 64)}}:ledger`);
      await master.kill();
      const killed = performance.now();
      const before = gifts.length;
      await eventually(() => assert.notEqual(gifts.length, before), { timeoutMs: 30_000 });
      t.diagnostic(`gifts flowed again after ${Math.round(performance.now() - killed)} ms`);
      await wait(4_000);
    });
    t.diagnostic(`${traffic.gifts.length} gifts, ${traffic.refusals.length} refusals`);
    assert.equal(audience.disconnected, 0);
    audience.close();
  } finally {
    await cluster?.stop();
    await group.stop();
  }
});
