// What a stretch of the log becomes for a target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LoggedEvent } from '@danmux/bus';
import type { WebhookTarget } from '@danmux/cluster/webhooks';
import { deliveriesOf } from '../../src/webhooks/deliveries.ts';

const target: WebhookTarget = { id: 't', url: 'https://hooks.example/', secrets: ['x'] };
let entry = 0;

function logged(type: string, room: string, id: string, data: unknown = {}): LoggedEvent {
  return { entry: String(entry++), text: JSON.stringify({ id, type, room, ts: 1, data }) };
}
const sent = (room: string, id: string, count = 1, text = '') =>
  logged('message.sent', room, id, { messages: Array.from({ length: count }, (_, index) => ({ id: `${id}:${index}`, data: { text } })) });

function made(events: readonly LoggedEvent[], of: WebhookTarget = target): string[] {
  const broken: unknown[] = [];
  const found = deliveriesOf(of, events, (error) => broken.push(error));
  assert.equal(broken.length, 0);
  for (const { id, text, event } of found) {
    assert.deepEqual(JSON.parse(text), event);
    assert.equal(event.id, id);
  }
  return found.map(({ id, event }) => `${event.room} ${event.type} ${id} ${(event.data as { messages?: unknown[] }).messages?.length ?? ''}`.trim());
}

test('messages of a room are put together across other rooms, but not across another event of it', () => {
  assert.deepEqual(made([sent('a', '1'), sent('b', '2'), sent('a', '3', 2), logged('moderation.recall', 'a', '4'), sent('a', '5'), sent('b', '6')]), [
    'a message.sent 1-3 3',
    'b message.sent 2-6 2',
    'a moderation.recall 4',
    'a message.sent 5 1',
  ]);
});

test('at most 100 messages at once, of however many a frame had, and not too many bytes', () => {
  assert.deepEqual(made([sent('a', '1', 60), sent('a', '2', 40), sent('a', '3', 1)]), ['a message.sent 1-2 100', 'a message.sent 3 1']);
  assert.deepEqual(made([sent('a', '1', 250), sent('a', '2')]), ['a message.sent 1.0 100', 'a message.sent 1.1 100', 'a message.sent 1.2-2 51']);
  const large = 'x'.repeat(200_000);
  assert.deepEqual(made([sent('a', '1', 1, large), sent('a', '2', 1, large)]), ['a message.sent 1 1', 'a message.sent 2 1']);
});

test('a target gets the events and rooms it asked for; what is of every room it gets too', () => {
  const picky = { ...target, events: ['message.sent', 'moderation.sanction'], rooms: ['live:*'] };
  const events = [sent('live:1', '1'), sent('vip', '2'), logged('moderation.recall', 'live:1', '3'), logged('moderation.sanction', '*', '4')];
  assert.deepEqual(made(events, picky), ['live:1 message.sent 1 1', '* moderation.sanction 4']);
});

test('what users are sent alone goes to nobody', () => {
  assert.deepEqual(made([sent('@3', '1'), logged('message.receipts', '@me', '2')]), ['@me message.receipts 2']);
});

test('text that is no event is told and left out', () => {
  const broken: unknown[] = [];
  const found = deliveriesOf(target, [{ entry: '1', text: '{' }, sent('a', '2')], (error) => broken.push(error));
  assert.deepEqual([found.length, broken.length], [1, 1]);
});
