// The times of frames, on a fake clock.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import type { Pending } from '@danmux/bus';
import { Pacer, urgentIsNext, waitBeforeFlush } from '../src/pacer.ts';
import { RoomQueue } from '../src/room-queue.ts';

const config = { tick_ms: 50, max_tick_ms: 100, urgent_tick_ms: 5 };
const never = Number.NEGATIVE_INFINITY;
const waiting = {
  urgent: false,
  ordinary: false,
  lastUrgent: never,
  lastOrdinary: never,
  rate: 0,
  tellAt: Number.POSITIVE_INFINITY,
  notBefore: 0,
  combosAt: Number.POSITIVE_INFINITY,
};
const pending = (lane: Pending['lane'], id = 'x'): Pending => ({ room: 'r', lane, id, body: '{}', trace: id, entry: id });

beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
afterEach(() => mock.timers.reset());

test('a frame waits for the rest of the tick; control and gift have a shorter tick', () => {
  const wait = (queue: Partial<typeof waiting>) => waitBeforeFlush({ ...waiting, ...queue }, config, 1_000);
  assert.equal(wait({ ordinary: true }), 0);
  assert.equal(wait({ ordinary: true, lastOrdinary: 990 }), 40);
  assert.equal(wait({ urgent: true, lastUrgent: 998 }), 3);
  assert.equal(wait({ urgent: true, lastUrgent: 900, ordinary: true, lastOrdinary: 999 }), 0);
  assert.equal(wait({ urgent: true, lastUrgent: 998, ordinary: true, lastOrdinary: 100 }), 0);
});

test('the tick of a busy room is longer, up to the longest', () => {
  const wait = (rate: number) => waitBeforeFlush({ ...waiting, ordinary: true, lastOrdinary: 1_000, rate }, config, 1_000);
  assert.deepEqual([wait(0), wait(250), wait(500), wait(50_000)], [50, 75, 100, 100]);
});

test('shed chat is reported in the end, also when nothing else is sent', () => {
  assert.equal(waitBeforeFlush({ ...waiting, tellAt: 1_400 }, config, 1_000), 400);
  assert.equal(waitBeforeFlush({ ...waiting, urgent: true, notBefore: 1_700 }, config, 1_000), 700, 'the last commit of the room failed');
});

test('the next frame has the lanes that are due, urgent ones first', () => {
  const next = (queue: Partial<typeof waiting>) => urgentIsNext({ ...waiting, ...queue }, config, 1_000);
  assert.equal(next({ urgent: true, ordinary: true }), true);
  assert.equal(next({ ordinary: true }), false);
  assert.equal(next({ urgent: true, lastUrgent: 999, ordinary: true }), false, 'its tick is not over, the other is');
});

test('plans one flush, which an urgent message brings forward', () => {
  const flushed: string[] = [];
  const pacer = new Pacer(config, (queue, urgent) => flushed.push(`${queue.room} ${urgent}`));
  const queue = new RoomQueue('r');
  queue.lastOrdinary = queue.lastUrgent = performance.now();
  queue.add(pending('chat'));
  pacer.plan(queue);
  pacer.plan(queue);
  queue.add(pending('gift'));
  pacer.plan(queue);
  mock.timers.tick(6);
  assert.deepEqual(flushed, ['r true']);
  mock.timers.tick(100);
  assert.deepEqual(flushed, ['r true']);
});

test('plans nothing for an empty room or one whose frame is under way, and nothing fires after stop', () => {
  const flushed: string[] = [];
  const pacer = new Pacer(config, (queue) => flushed.push(queue.room));
  const queue = new RoomQueue('r');
  pacer.plan(queue);
  queue.add(pending('chat'));
  queue.beginFlush();
  pacer.plan(queue);
  queue.endFlush();
  queue.lastOrdinary = performance.now();
  pacer.plan(queue);
  pacer.stop();
  mock.timers.tick(1_000);
  assert.deepEqual(flushed, []);
});
