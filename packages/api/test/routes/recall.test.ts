// Recalling a message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, mustRefuse } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';
import { eventsOf, withWebhooks } from '../event-log.ts';

onBothEngines(withWebhooks, (api) => {
  const recall = (room: string, id: string) => api().call('DELETE', `/v1/rooms/${room}/messages/${encodeURIComponent(id)}`);

  test('a recalled message leaves history; repeats add no second recall message or event', async () => {
    const id = 'm/1?#';
    await api().call('POST', '/v1/rooms/a/messages', { ...gift, id });
    await api().sequence();
    assert.deepEqual((await recall('a', id)).body, { id, room: 'a', found: true });
    for (let i = 0; i < 2; i++) assert.equal((await recall('a', id)).status, 200);
    const { msgs } = (await api().call('GET', '/v1/rooms/a/history?lane=gift')).body;
    assert.deepEqual(
      msgs.map(({ type, data }: { type: string; data: unknown }) => [type, data]),
      [['recalled', null]],
    );
    const told = await api().sequence();
    assert.deepEqual(
      told.map(({ lane, marks, body }) => [lane, marks, JSON.parse(body).type, JSON.parse(body).data]),
      [['control', { recalls: id }, 'recall', { id }]],
    );
    const events = await eventsOf(api(), 'a');
    assert.deepEqual([events[0]?.type, events[0]?.data], ['moderation.recall', { id, by: 'default' }]);
    assert.equal(new Set(events.map((event) => event.id)).size, 1);
  });

  test('an unknown message is reported as not found, and viewers still get the recall', async () => {
    assert.deepEqual((await recall('b', 'later')).body, { id: 'later', room: 'b', found: false });
    assert.equal((await api().sequence()).length, 1);
    assert.ok((await api().bus.streams.recalled('b')).ids.includes('later'), 'its id is kept out');
  });

  test('an invalid message id is refused', async () => {
    for (const id of ['a b', '礼', 'x'.repeat(65)]) mustRefuse(await recall('a', id), 'invalid_request');
    mustRefuse(await recall('a%20b', 'm'), 'invalid_room');
  });
});
