// The statistics of the cluster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, path, startApi } from '@danmux/testkit/api-fixture';

test('stats has accepted and sequenced counts, viewers online and processes', async (t) => {
  const fixture = await startApi(t);
  await fixture.call('POST', path, gift);
  await fixture.call('POST', path, { type: 'chat', data: 1 });
  const rooms = new Map([
    ['live:1', 3],
    ['live:2', 4],
  ]);
  await fixture.bus.presence.report('edge', rooms, 60_000);
  const { body: waiting } = await fixture.call('GET', '/v1/stats');
  assert.deepEqual([waiting.accepted.gift, waiting.sequenced.gift], [1, 0]);
  await fixture.sequence();
  const { body } = await fixture.call('GET', '/v1/stats');
  assert.deepEqual([body.rooms, body.online], [2, 7]);
  assert.deepEqual(body.accepted, { control: 0, gift: 1, chat: 1, ambient: 0 });
  assert.deepEqual(body.sequenced, body.accepted);
  assert.deepEqual(body.shed, { control: {}, gift: {}, chat: {}, ambient: {} });
  assert.deepEqual(
    body.nodes.map(({ role }: { role: string }) => role),
    ['api'],
  );
});
