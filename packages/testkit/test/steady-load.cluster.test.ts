// 500 viewers on two edges receive chat and gifts for half a minute, each message once and in order per lane.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Audience, backendOf, edgeUrls, eventually, ProcessCluster, TestViewer, Traffic, testToken } from '../src/index.ts';

const room = 'live:1001';
const cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 1 });
after(() => cluster.stop());
const token = await testToken('watcher');
const urls = edgeUrls(cluster);
const backend = backendOf(cluster);

test('500 viewers on two edges get every chat and gift once, in order per lane', { timeout: 180_000 }, async (t) => {
  const audience = await Audience.join({ size: 500, urls, room, token });
  const traffic = new Traffic(backend, { room, chatPerSecond: 20, giftsPerSecond: 5 });
  t.after(() => traffic.stop());
  traffic.start();
  await eventually(() => assert.ok(traffic.chats.length > 400 && traffic.gifts.length > 100, `${traffic.chats.length} chats are accepted`), {
    timeoutMs: 120_000,
  });
  await traffic.stop();
  assert.deepEqual(traffic.failures, []);
  assert.deepEqual(traffic.refusals, []);
  await audience.mustHold('chat', traffic.chats);
  await audience.mustHold('gift', traffic.gifts);
  assert.equal(audience.disconnected, 0);
  assert.equal(audience.viewers.flatMap(({ gaps }) => gaps).length, 0);
  const stats = (await backend.get(`/v1/rooms/${room}`)).body as { online: number };
  assert.equal(stats.online, 500);
  audience.close();
});

test('a viewer on long-polling gets the same messages as one on WebSocket', { timeout: 60_000 }, async () => {
  const both = (['websocket', 'polling'] as const).map(
    (transport, index) => new TestViewer({ urls, room: 'live:poll', token, transports: [transport] }, index),
  );
  await Promise.all(both.map((viewer) => viewer.joined()));
  const sent = await both[1]?.send('chat', { text: '轮询' }, 'c1');
  assert.equal(sent?.ok, true);
  const gift = await backend.push({ room: 'live:poll', type: 'gift', data: { gift: 'rose' } });

  for (const viewer of both) {
    await eventually(() => assert.equal(viewer.msgs.length, 2));
    assert.deepEqual(viewer.ids('gift'), [gift.id]);
    assert.deepEqual(viewer.ids('chat'), sent?.ok ? [sent.id] : []);
    viewer.close();
  }
});
