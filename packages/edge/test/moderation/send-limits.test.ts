// Tests of the send limits of users and rooms, with a simulated clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { messageTypes } from '@danmux/protocol';
import { SendLimits, type Sent } from '../../src/moderation/send-limits.ts';

const limits = { send_per_minute: 60, send_burst: 3, room_send_per_second: 10 };
const chat = (user: string, room: string): Sent => ({ user, room, type: 'chat', row: messageTypes.chat });
const like = (user: string, room = 'r'): Sent => ({ user, room, type: 'like', row: messageTypes.like });

test('a user has one burst, then one message a second, in all rooms together', () => {
  const sends = new SendLimits(limits);
  const take = (room: string, now: number) => sends.take(chat('ann', room), now);
  assert.deepEqual([take('a', 0), take('b', 0), take('c', 0)], [0, 0, 0]);
  assert.equal(take('a', 0), 1_000);
  assert.equal(take('a', 400), 600);
  assert.equal(take('a', 1_000), 0);
});

test('each room has its own limit over all senders', () => {
  const sends = new SendLimits(limits);
  for (let i = 0; i < 10; i++) assert.equal(sends.take(chat(`user${i}`, 'hot'), 0), 0);
  assert.equal(sends.take(chat('late', 'hot'), 0), 100);
  assert.equal(sends.take(chat('other', 'quiet'), 0), 0);
  assert.equal(sends.take(chat('late', 'hot'), 100), 0);
});

test('users that stopped sending are forgotten', () => {
  const sends = new SendLimits(limits);
  for (let i = 0; i < 1_000; i++) sends.take(chat(`user${i}`, `room${i}`), 0);
  assert.equal(sends.size, 2_000);
  sends.take(chat('one', 'more'), 120_000);
  assert.equal(sends.size, 2);
});

test('a room with a limit of its own has a bucket for each user, and another when the limit is changed', () => {
  const sends = new SendLimits(limits);
  const take = (room: string, roomPerMinute?: number) => sends.take({ ...chat('ann', room), roomPerMinute }, 0);
  assert.deepEqual([take('strict', 2), take('strict', 2), take('strict', 2)], [0, 0, 30_000]);
  assert.deepEqual([take('a'), take('a'), take('a')], [0, 0, 0], 'elsewhere it has the one of all rooms');
  assert.equal(take('strict', 600), 0);
  assert.equal(sends.take({ ...chat('bob', 'strict'), roomPerMinute: 2 }, 0), 0);
});

test('likes do not use the limits of chat, of a user or of a room, and a flood of them is limited', () => {
  const sends = new SendLimits(limits);
  for (let i = 0; i < 20; i++) assert.equal(sends.take(like('ann', `room${i}`), 0), 0);
  assert.equal(sends.take(like('ann'), 0), 500);
  assert.equal(sends.take(chat('ann', 'r'), 0), 0);
  for (let i = 0; i < 10; i++) assert.equal(sends.take(like(`user${i}`, 'hot'), 0), 0);
  assert.equal(sends.take(like('late', 'hot'), 0), 100);
  assert.equal(sends.take(chat('late', 'hot'), 0), 0);
});

test('an ambient type without numbers has its own bucket of the usual size, another type with numbers too', () => {
  const sends = new SendLimits(limits);
  const of = (type: string, row: Sent['row']) => sends.take({ user: 'ann', room: 'r', type, row }, 0);
  const wave = { lane: 'ambient', viewer: true } as const;
  const vote = { lane: 'chat', viewer: true, viewer_per_minute: 1, viewer_burst: 1 } as const;
  assert.deepEqual([of('wave', wave), of('wave', wave), of('wave', wave), of('wave', wave)], [0, 0, 0, 1_000]);
  assert.deepEqual([of('vote', vote), of('vote', vote)], [0, 60_000]);
  assert.equal(sends.take({ ...chat('ann', 'r'), roomPerMinute: 1 }, 0), 0);
  assert.equal(of('unknown', undefined), 0);
});

test('what a viewer counts is capped by message and by second, as the row of the type says', () => {
  const sends = new SendLimits(limits);
  const count = (wanted: number, now: number, sent = like('ann')) => sends.takeCount(sent, wanted, now);
  assert.deepEqual([count(1e9, 0), count(1, 0), count(1, 50), count(100, 1_050)], [100, 0, 1, 20]);
  assert.equal(count(5, 1_050, like('bob')), 5);
  const row = { ...messageTypes.like, viewer_count_max: 7, viewer_count_per_second: 10 };
  const few: Sent = { ...like('ann'), type: 'few', row };
  assert.deepEqual([count(8, 0, few), count(8, 0, few), count(1, 0, few)], [7, 3, 0]);
});

test('buckets have a cap: past it the oldest goes', () => {
  const sends = new SendLimits(limits);
  for (let i = 0; i <= 100_000; i++) sends.take(chat(`user${i}`, 'r'), i / 1_000);
  assert.equal(sends.size, 100_001);
});
