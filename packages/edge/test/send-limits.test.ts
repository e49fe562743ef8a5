// How much users and rooms may send, on a clock of the test's own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SendLimits } from '../src/send-limits.ts';

const limits = { send_per_minute: 60, send_burst: 3, room_send_per_second: 10 };

test('a user has one burst, then one message a second, in all rooms together', () => {
  const sends = new SendLimits(limits);
  const take = (room: string, now: number) => sends.take('ann', room, now);
  assert.deepEqual([take('a', 0), take('b', 0), take('c', 0)], [0, 0, 0]);
  assert.equal(take('a', 0), 1_000);
  assert.equal(take('a', 400), 600);
  assert.equal(take('a', 1_000), 0);
});

test('a room has its own, whoever sends, and another room is not touched', () => {
  const sends = new SendLimits(limits);
  for (let i = 0; i < 10; i++) assert.equal(sends.take(`user${i}`, 'hot', 0), 0);
  assert.equal(sends.take('late', 'hot', 0), 100);
  assert.equal(sends.take('other', 'quiet', 0), 0);
  assert.equal(sends.take('late', 'hot', 100), 0);
});

test('who sends no more is forgotten', () => {
  const sends = new SendLimits(limits);
  for (let i = 0; i < 1_000; i++) sends.take(`user${i}`, `room${i}`, 0);
  assert.equal(sends.size, 2_000);
  sends.take('one', 'more', 120_000);
  assert.equal(sends.size, 2);
});

test('a room with a limit of its own has a bucket for each user, and another when the limit is changed', () => {
  const sends = new SendLimits(limits);
  const take = (room: string, perMinute?: number) => sends.take('ann', room, 0, perMinute);
  assert.deepEqual([take('strict', 2), take('strict', 2), take('strict', 2)], [0, 0, 30_000]);
  assert.deepEqual([take('a'), take('a'), take('a')], [0, 0, 0], 'elsewhere it has the one of all rooms');
  assert.equal(take('strict', 600), 0);
  assert.equal(sends.take('bob', 'strict', 0, 2), 0);
});
