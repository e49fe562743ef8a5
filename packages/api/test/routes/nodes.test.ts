// The list of processes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApi } from '@danmux/testkit/api-fixture';

test('each process has role, address, version, load and measurements, sorted by role and id', async (t) => {
  const fixture = await startApi(t);
  const edge = (id: string) => ({ id, role: 'edge', address: '10.0.0.1:7700', version: '0.1.0', load: 0.5 });
  const numbers = { seen_at: 2, lag_ms: 1.5, connections: 7, per_second: { control: 0, gift: 0, chat: 3, ambient: 0 } };
  const degraded = [{ code: 'redis_eviction', text: 'The maxmemory-policy of Redis is allkeys-lru.' }];
  await fixture.bus.members.announce({ ...edge('edge@b'), degraded }, 60_000);
  await fixture.bus.members.announce({ ...edge('edge@a'), numbers }, 60_000);
  const { nodes } = (await fixture.call('GET', '/v1/nodes')).body;
  assert.equal(`http://${nodes[0].address}`, fixture.url);
  assert.deepEqual([nodes[0].role, nodes[0].version], ['api', '0']);
  assert.ok(nodes[0].rss_bytes > 1_000_000 && nodes[0].started_at <= nodes[0].seen_at, 'what the api says of itself');
  assert.deepEqual(nodes.slice(1), [
    { ...edge('edge@a'), degraded: [], ...numbers },
    { ...edge('edge@b'), degraded },
  ]);
  assert.deepEqual(
    (await fixture.call('GET', '/v1/stats')).body.nodes.find(({ id }: { id: string }) => id === 'edge@a'),
    { ...edge('edge@a'), degraded: [], ...numbers },
  );
});
