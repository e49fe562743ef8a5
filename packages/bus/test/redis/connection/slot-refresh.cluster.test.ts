// The periodic refresh of the slot table, on a real Redis Cluster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually, startRedisCluster } from '@danmux/testkit';
import { testRuntime } from '@danmux/testkit/unit';
import { Cluster } from 'ioredis';
import { RedisConnection } from '../../../src/redis/connection/connection.ts';
import { SlotRefresh } from '../../../src/redis/connection/slot-refresh.ts';

test('the slot table is refreshed periodically until the connection is stopped, also when a refresh is in progress at the stop', {
  timeout: 30_000,
}, async (t) => {
  const group = await startRedisCluster();
  t.after(() => group.stop());
  const connection = new RedisConnection(testRuntime(t, { 'redis.url': group.url }), 'test');
  connection.start();
  await eventually(() => assert.equal(connection.up, true));
  const { client } = connection;
  assert.ok(client instanceof Cluster, 'a client of a Redis Cluster');
  // ioredis's own interval continues when the stop happens during a refresh.
  assert.equal(client.options.slotsRefreshInterval, 0);
  let asked = 0;
  const refresh = client.refreshSlotsCache.bind(client);
  const stopped = new Promise<void>((resolve) => {
    const slots = new SlotRefresh(client, 10);
    client.refreshSlotsCache = (callback) => {
      refresh(callback);
      if (++asked < 3) return;
      slots.stop();
      connection.stop();
      resolve();
    };
    slots.start();
  });
  await stopped;
  await eventually(() => assert.equal(client.status, 'end'));
  assert.equal(asked, 3);
});
