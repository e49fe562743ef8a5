// The events of a commit: whole messages in order, and the same ids for a repeated commit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heads, Pending } from '@danmux/bus';
import type { Lane, WebhookEvent } from '@danmux/protocol';
import { eventsAreRead, sentEvents } from '../src/sent-events.ts';

const heads: Heads = { epoch: 'e1', offsets: { control: 0, gift: 10, chat: 0 } };
const pending = (lane: Lane, count: number): Pending[] =>
  Array.from({ length: count }, (_, index) => ({ room: 'r', lane, id: `m${index}`, body: '{}', trace: 't', entry: `17-${index}` }));
const encoded = (count: number) => Array.from({ length: count }, (_, index) => `{"offset":${11 + index},"x":"弹幕"}`);
const eventsOf = (lane: Lane, count: number, room = 'live:1') =>
  sentEvents(room, lane, pending(lane, count), encoded(count), heads, 1_700).map((text) => JSON.parse(text) as WebhookEvent);

test('an event has one lane and up to a hundred messages, as sent to viewers', () => {
  assert.deepEqual(eventsOf('gift', 2), [
    {
      id: 'evt_e1_gift_11',
      type: 'message.sent',
      room: 'live:1',
      ts: 1_700,
      data: {
        messages: [
          { offset: 11, x: '弹幕' },
          { offset: 12, x: '弹幕' },
        ],
      },
    },
  ]);
  const many = eventsOf('gift', 250);
  assert.deepEqual(
    many.map(({ id, data }) => [id, (data as { messages: unknown[] }).messages.length]),
    [
      ['evt_e1_gift_11', 100],
      ['evt_e1_gift_111', 100],
      ['evt_e1_gift_211', 50],
    ],
  );
  assert.deepEqual(
    many.flatMap(({ data }) => (data as { messages: { offset: number }[] }).messages.map(({ offset }) => offset)),
    Array.from({ length: 250 }, (_, index) => 11 + index),
  );
});

test('large messages are divided over events of at most 64 KiB, unsplit and in order', () => {
  const sizes = [30_000, 30_000, 30_000, 70_000, 10, 10];
  const texts = sizes.map((size, index) => `{"offset":${11 + index},"x":"${'弹'.repeat(size / 3)}"}`);
  const events = sentEvents('r', 'gift', pending('gift', sizes.length), texts, heads, 1).map((text) => JSON.parse(text) as WebhookEvent);
  assert.deepEqual(
    events.map(({ id, data }) => [id, (data as { messages: { offset: number }[] }).messages.map(({ offset }) => offset)]),
    [
      ['evt_e1_gift_11', [11, 12]],
      ['evt_e1_gift_13', [13]],
      ['evt_e1_gift_14', [14]],
      ['evt_e1_gift_15', [15, 16]],
    ],
  );
});

test('ambient messages have ids by entry; empty lanes and messages to users make no event', () => {
  assert.deepEqual(
    eventsOf('ambient', 101).map(({ id }) => id),
    ['evt_e1_ambient_17-0', 'evt_e1_ambient_17-100'],
  );
  assert.deepEqual([eventsOf('chat', 0), eventsOf('chat', 3, '@3')], [[], []]);
});

test('events are written only for a consumer', () => {
  const none = { webhooks: { targets: [], url: '' }, archive: { dir: '' } };
  const target = { id: 'a', url: 'https://example.org', secret: 'whsec_' };
  const read = (set: object) => eventsAreRead({ ...none, ...set } as unknown as Parameters<typeof eventsAreRead>[0]);
  assert.equal(read({}), false);
  assert.equal(read({ archive: { dir: 'archive' } }), true);
  assert.equal(read({ webhooks: { targets: [], url: 'https://example.org' } }), true);
  assert.equal(read({ webhooks: { targets: [target], url: '' } }), true);
  assert.equal(read({ webhooks: { targets: [{ ...target, events: ['room.occupied'] }], url: '' } }), false);
  assert.equal(read({ webhooks: { targets: [{ ...target, events: ['room.occupied', 'message.sent'] }], url: '' } }), true);
});
