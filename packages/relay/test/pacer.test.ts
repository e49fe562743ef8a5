// When frames leave, on a fake clock.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import type { Pending } from '@danmux/bus';
import { Pacer, waitBeforeFlush } from '../src/pacer.ts';
import { RoomQueue } from '../src/room-queue.ts';

const config = { tick_ms: 50, urgent_tick_ms: 5 };
const pending = (lane: Pending['lane'], id = 'x'): Pending => ({ room: 'r', lane, id, body: '{}', trace: id, entry: id });

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

test('waits the rest of the tick, the short one when something urgent waits', () => {
  assert.equal(waitBeforeFlush({ urgent: false, lastFlush: Number.NEGATIVE_INFINITY }, config, 1_000), 0);
  assert.equal(waitBeforeFlush({ urgent: false, lastFlush: 990 }, config, 1_000), 40);
  assert.equal(waitBeforeFlush({ urgent: true, lastFlush: 998 }, config, 1_000), 3);
  assert.equal(waitBeforeFlush({ urgent: true, lastFlush: 900 }, config, 1_000), 0);
});

test('plans one flush, which an urgent message brings forward', () => {
  const flushed: string[] = [];
  const pacer = new Pacer(config, (queue) => flushed.push(queue.room));
  const queue = new RoomQueue('r');
  queue.lastFlush = performance.now();
  queue.add(pending('chat'));
  pacer.plan(queue);
  pacer.plan(queue);
  queue.add(pending('gift'));
  pacer.plan(queue);
  mock.timers.tick(6);
  assert.deepEqual(flushed, ['r']);
  mock.timers.tick(100);
  assert.deepEqual(flushed, ['r']);
});

test('plans nothing for an empty room or one whose frame is under way, and nothing fires after stop', () => {
  const flushed: string[] = [];
  const pacer = new Pacer(config, (queue) => flushed.push(queue.room));
  const queue = new RoomQueue('r');
  pacer.plan(queue);
  queue.add(pending('chat'));
  queue.flushing = true;
  pacer.plan(queue);
  queue.flushing = false;
  queue.lastFlush = performance.now();
  pacer.plan(queue);
  pacer.stop();
  mock.timers.tick(1_000);
  assert.deepEqual(flushed, []);
});

test('a queue gives the highest lane first and no more than asked', () => {
  const queue = new RoomQueue('r');
  for (const lane of ['ambient', 'chat', 'chat', 'gift', 'control'] as const) queue.add(pending(lane, lane));
  assert.equal(queue.urgent, true);
  const batch = queue.take(3);
  assert.deepEqual(Object.fromEntries(Object.entries(batch).map(([lane, all]) => [lane, all.length])), { control: 1, gift: 1, chat: 1 });
  assert.equal(queue.urgent, false);
  assert.deepEqual(Object.keys(queue.take(10)), ['chat', 'ambient']);
  assert.equal(queue.empty, true);
});
