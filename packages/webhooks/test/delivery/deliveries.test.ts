// What the events that wait for a room become for a target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countTogether, deliveryOf } from '../../src/delivery/deliveries.ts';
import type { ReadEvent } from '../../src/delivery/log-window.ts';

let number = 0;

function logged(type: ReadEvent['type'], id: string, messages = 0, data: unknown = {}): ReadEvent {
  number++;
  return { entry: String(number), number, id, type, room: 'a', ts: 1, messages, text: JSON.stringify({ id, type, room: 'a', ts: 1, data }) };
}
const sent = (id: string, count = 1, text = '') =>
  logged('message.sent', id, count, { messages: Array.from({ length: count }, (_, index) => ({ id: `${id}:${index}`, data: { text } })) });

function made(events: readonly ReadEvent[]): string[] {
  const found: string[] = [];
  for (let rest = events; rest.length > 0; ) {
    const { id, text, count, to } = deliveryOf(rest, countTogether(rest));
    const event = JSON.parse(text);
    assert.deepEqual([event.id, event.room, to], [id, 'a', rest[count - 1]?.entry]);
    found.push(`${event.type} ${id} ${event.data.messages?.length ?? ''}`.trim());
    rest = rest.slice(count);
  }
  return found;
}

test('messages that follow each other are put together, but not across another event', () => {
  assert.deepEqual(made([sent('1'), sent('3', 2), logged('moderation.recall', '4'), sent('5')]), [
    'message.sent 1-3 3',
    'moderation.recall 4',
    'message.sent 5 1',
  ]);
});

test('at most 100 messages at once and not too many bytes; one that is more is whole', () => {
  assert.deepEqual(made([sent('1', 60), sent('2', 40), sent('3', 1)]), ['message.sent 1-2 100', 'message.sent 3 1']);
  assert.deepEqual(made([sent('1', 250), sent('2')]), ['message.sent 1 250', 'message.sent 2 1']);
  const large = 'x'.repeat(200_000);
  assert.deepEqual(made([sent('1', 1, large), sent('2', 1, large)]), ['message.sent 1 1', 'message.sent 2 1']);
});

test('a delivery keeps every digit of a logged event, also among several', () => {
  const exact = (id: string) => ({
    ...sent(id),
    text: `{"id":"${id}","type":"message.sent","room":"a","ts":1,"data":{"messages":[{"data":{"order":9007199254740993}}]}}`,
  });
  assert.equal(deliveryOf([exact('1')], 1).text, exact('1').text);
  const two = '{"data":{"order":9007199254740993}},{"data":{"order":9007199254740993}}';
  assert.equal(deliveryOf([exact('1'), exact('2')], 2).text, `{"id":"1-2","type":"message.sent","room":"a","ts":1,"data":{"messages":[${two}]}}`);
});

test('a message.sent of another form is not put together', () => {
  const other = { ...sent('2'), text: '{"data":{"messages":[{}]},"id":"2"}' };
  assert.deepEqual([countTogether([sent('1'), other]), countTogether([other, sent('1')]), countTogether([])], [1, 1, 0]);
});
