// The list of processes, and the comparison of their configs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiKey, startApi } from '@danmux/testkit/api-fixture';
import { announceMember, type Settings, testConfig } from '@danmux/testkit/unit';

const unknown = { state: 'unknown', settings: [] };

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
    { ...edge('edge@a'), degraded: [], config: unknown, ...numbers },
    { ...edge('edge@b'), degraded, config: unknown },
  ]);
  assert.deepEqual(
    (await fixture.call('GET', '/v1/stats')).body.nodes.find(({ id }: { id: string }) => id === 'edge@a'),
    { ...edge('edge@a'), degraded: [], config: unknown, ...numbers },
  );
});

test('a process whose config differs is named with its settings, and no value or digest is shown', async (t) => {
  const fixture = await startApi(t);
  const announce = (id: string, set: Settings) => announceMember(fixture.bus, id, testConfig({ 'api.key': apiKey, shards: 4, ...set }));
  await announce('edge@a', {});
  await announce('edge@b', { 'viewer.token_secret': 'x'.repeat(32), 'edge.port': 7_701 });
  await announce('worker@c', { 'webhooks.url': 'https://hooks.example/in', 'webhooks.secret': `whsec_${'a'.repeat(32)}` });
  await announce('relay@d', {});
  const { body } = await fixture.call('GET', '/v1/nodes');
  const ofId = (id: string) => body.nodes.find((node: { id: string }) => node.id === id).config;
  assert.deepEqual(ofId('edge@a'), { state: 'same', settings: [] });
  assert.deepEqual(ofId('edge@b'), { state: 'different', settings: ['viewer.token_secret'] });
  assert.deepEqual(ofId('worker@c'), { state: 'different', settings: ['webhooks.secret', 'webhooks.url'] });
  assert.equal(body.nodes[0].config.state, 'different', 'of one api and one worker neither is the majority for webhooks.secret');
  assert.deepEqual(body.config, {
    differences: [
      { setting: 'viewer.token_secret', majority: true, nodes: ['edge@b'] },
      { setting: 'webhooks.secret', majority: false, nodes: [body.nodes[0].id, 'worker@c'] },
      { setting: 'webhooks.url', majority: true, nodes: ['worker@c'] },
    ],
    unknown: [],
  });
  const text = JSON.stringify(body);
  for (const { settings = {} } of await fixture.bus.members.list()) for (const digest of Object.values(settings)) assert.ok(!text.includes(digest), digest);
  for (const hidden of ['hooks.example', 'xxxxxxxx', 'whsec_']) assert.ok(!text.includes(hidden), hidden);
});

test('an edge of an older version beside the api is unknown, and differs from nobody', async (t) => {
  const fixture = await startApi(t, { 'webhooks.url': 'https://hooks.example/in', 'webhooks.secret': `whsec_${'a'.repeat(32)}` });
  await announceMember(fixture.bus, 'edge@old');
  const { nodes, config } = (await fixture.call('GET', '/v1/nodes')).body;
  assert.deepEqual(config, { differences: [], unknown: ['edge@old'] });
  assert.deepEqual(
    nodes.map(({ role, config: { state } }: { role: string; config: { state: string } }) => [role, state]),
    [
      ['api', 'same'],
      ['edge', 'unknown'],
    ],
  );
});
