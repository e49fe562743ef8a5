// The queue of a room: lane order, order of acceptance, budget, recalls and expiry.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pending } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';
import { RoomQueue } from '../src/room-queue.ts';
import { droppedOf, filled, ids, one, ordinary, urgent } from './queued.ts';

test('a lane keeps its order over several takes', () => {
  const queue = filled(['chat', 'c1'], ['chat', 'c2'], ['chat', 'c3']);
  assert.deepEqual(ordinary(queue, 2), ['c1', 'c2']);
  assert.deepEqual(ordinary(queue, 2), ['c3']);
  assert.deepEqual(queue.takeOrdinary(2, 0).batch, {});
});

test('control and gift are taken separately from the other lanes, in lane order', () => {
  const queue = filled(['chat', 'c1'], ['chat', 'c2'], ['ambient', 'a1'], ['gift', 'g1'], ['control', 'n1']);
  assert.deepEqual(urgent(queue, 3), ['n1', 'g1']);
  assert.deepEqual(ordinary(queue, 1), ['c1']);
  assert.deepEqual(ordinary(queue, 3), ['c2', 'a1']);
});

test('a batch names only lanes it takes from, and the limit counts all of them', () => {
  const queue = filled(['gift', 'g1'], ['gift', 'g2'], ['chat', 'c1']);
  assert.deepEqual(Object.keys(queue.takeUrgent(2, 0).batch), ['gift']);
  assert.equal(queue.empty, false);
  assert.deepEqual(queue.takeOrdinary(0, 0).batch, {});
});

test('the queue is urgent while control or gift waits', () => {
  assert.equal(filled(['chat', 'c']).urgent, false);
  assert.equal(filled(['ambient', 'a']).urgent, false);
  for (const lane of ['control', 'gift'] as const) {
    const queue = filled([lane, 'x'], ['chat', 'c']);
    assert.deepEqual([queue.urgent, queue.ordinary], [true, true]);
    queue.takeUrgent(1, 0);
    assert.deepEqual([queue.urgent, queue.ordinary, queue.empty], [false, true, false]);
  }
});

test('a new queue is empty, without heads and without a last frame', () => {
  const queue = new RoomQueue('r');
  assert.deepEqual([queue.room, queue.heads, queue.flushing, queue.empty, queue.urgent], ['r', undefined, false, true, false]);
  assert.ok(Math.max(queue.lastUrgent, queue.lastOrdinary) < performance.now() - 1e9, 'its first frame waits for nothing');
});

test('a batch ends before it grows too large, in order, and one large message still goes', () => {
  const queue = new RoomQueue('r');
  const add = (id: string, size: number) => queue.add({ room: 'r', lane: 'gift', id, body: 'x'.repeat(size), trace: id, entry: id });
  for (let i = 0; i < 20; i++) add(`g${i}`, 30_000);
  const sizes: number[] = [];
  const all: string[] = [];
  while (!queue.empty) {
    const taken = queue.takeUrgent(200, 0);
    const bodies = taken.batch.gift ?? [];
    sizes.push(bodies.reduce((sum, { body }) => sum + body.length, 0));
    all.push(...ids(taken));
    assert.notEqual(bodies.length, 0, 'it goes on');
  }
  assert.ok(Math.max(...sizes) <= 262_144, `${Math.max(...sizes)} characters in one frame`);
  assert.ok(sizes.length < 5, 'and fills its frames');
  assert.deepEqual(
    all,
    Array.from({ length: 20 }, (_, i) => `g${i}`),
  );
  add('huge', 400_000);
  assert.deepEqual(urgent(queue, 200), ['huge']);
});

test('chat over the budget is shed and reported at most once a second, and at the end', () => {
  const queue = new RoomQueue('r', { budget: { takeUpTo: (wanted) => Math.min(1, wanted) } });
  const say = (id: string) => queue.add({ room: 'r', lane: 'chat', id, body: '{}', trace: id, entry: id });
  const takes = [0, 500, 1_000].map((now) => {
    for (const id of ['a', 'b', 'c']) say(`${id}${now}`);
    return queue.takeOrdinary(100, now);
  });
  assert.deepEqual(
    takes.map(({ batch, dropped }) => [batch.chat?.length, dropped.map(({ reason, publications }) => [reason, publications.length])]),
    Array.from({ length: 3 }, () => [1, [['budget', 2]]]),
  );
  assert.deepEqual(
    takes.map(({ shed }) => shed),
    [{ chat: 2 }, undefined, { chat: 4 }],
  );
  assert.deepEqual([queue.empty, queue.tellAt], [true, Number.POSITIVE_INFINITY]);
  for (const id of ['a', 'b']) say(id);
  queue.takeOrdinary(100, 1_200);
  assert.deepEqual([queue.empty, queue.tellAt], [false, 2_000], 'somebody is to be told still');
  assert.deepEqual(queue.takeOrdinary(100, 2_000), { batch: {}, dropped: [], shed: { chat: 1 } });
});

test('gifts have no budget', () => {
  const queue = new RoomQueue('r', { budget: { takeUpTo: () => 0 } });
  for (let i = 0; i < 50; i++) queue.add({ room: 'r', lane: 'gift', id: `g${i}`, body: '{}', trace: 't', entry: `${i}` });
  assert.equal(urgent(queue, 100).length, 50);
});

test('the rate is measured in a continuous flow; the first message after a quiet time does not count', () => {
  const queue = new RoomQueue('r');
  const say = (count: number, now: number) => {
    for (let i = 0; i < count; i++) queue.add({ room: 'r', lane: 'chat', id: 'x', body: '{}', trace: 'x', entry: 'x' });
    queue.takeOrdinary(1_000, now);
  };
  say(100, 10_000);
  assert.equal(queue.rate, 0);
  for (let now = 10_100; now <= 13_000; now += 100) say(50, now);
  assert.ok(Math.abs(queue.rate - 500) < 5, `${queue.rate} a second`);
  say(1, 20_000);
  assert.equal(queue.rate, 0);
});

test('a recalled message is dropped, whichever arrived first; the recall itself is sent', () => {
  const queue = new RoomQueue('r', { budget: { takeUpTo: (wanted) => Math.min(2, wanted) } });
  for (const id of ['before', 'a', 'b']) queue.add(one('chat', id));
  queue.add(one('gift', 'paid'));
  queue.recall({ ids: ['known', 'paid'], bulk: [] });
  queue.add(one('control', 'r1', { recalls: 'before' }));
  queue.add(one('control', 'r2', { recalls: 'r1' }));
  queue.add(one('control', 'after'));
  queue.add(one('chat', 'known'));
  queue.add(one('ambient', 'known'));
  const first = queue.takeUrgent(10, 0);
  assert.deepEqual([ids(first), droppedOf(first)], [['r1', 'r2', 'after'], [['gift', 'recalled', 'paid']]]);
  const second = queue.takeOrdinary(10, 0);
  assert.deepEqual(
    [ids(second), droppedOf(second)],
    [
      ['a', 'b'],
      [
        ['chat', 'recalled', 'before known'],
        ['ambient', 'recalled', 'known'],
      ],
    ],
  );
  assert.equal(queue.empty, true, 'nobody is told of them as of what was shed');
});

test('expired messages of every lane are dropped and use no budget', () => {
  let now = 1_000;
  const queue = new RoomQueue('r', { clock: { now: () => now }, budget: { takeUpTo: (wanted) => Math.min(1, wanted) } });
  for (const lane of laneNames) {
    queue.add(one(lane, `${lane}-past`, { expires_at: 1_000 }));
    queue.add(one(lane, `${lane}-soon`, { expires_at: 1_001 }));
  }
  const first = queue.takeUrgent(10, 0);
  assert.deepEqual(
    [ids(first), droppedOf(first)],
    [
      ['control-soon', 'gift-soon'],
      [
        ['control', 'expired', 'control-past'],
        ['gift', 'expired', 'gift-past'],
      ],
    ],
  );
  const second = queue.takeOrdinary(10, 0);
  assert.deepEqual(
    [ids(second), droppedOf(second)],
    [
      ['chat-soon', 'ambient-soon'],
      [
        ['chat', 'expired', 'chat-past'],
        ['ambient', 'expired', 'ambient-past'],
      ],
    ],
  );
  queue.add(one('control', 'recall', { recalls: 'x', expires_at: 1 }));
  assert.deepEqual(urgent(queue, 10), ['recall'], 'a recall always goes');
  queue.add(one('chat', 'late', { expires_at: 1_500 }));
  now = 2_000;
  assert.deepEqual(ordinary(queue, 10), [], 'it is judged when it is taken');
});

test('shed messages stay unreported until the frame that reports them is committed', () => {
  const budget = { takeUpTo: () => 0 };
  const queue = new RoomQueue('r', { budget });
  assert.equal(queue.unreported, undefined);
  queue.add(one('chat', 'a'));
  assert.deepEqual(queue.takeOrdinary(10, 0).shed, { chat: 1 });
  assert.equal(queue.unreported, undefined, 'what it shed now is shed again when this fails');
  queue.committed(undefined);
  assert.equal(queue.unreported, undefined, 'all was told');
  queue.add(one('chat', 'b'));
  queue.takeOrdinary(10, 500);
  queue.committed(undefined);
  assert.deepEqual(queue.unreported, { count: 1, lastReport: 0 });
  queue.add(one('chat', 'c'));
  assert.deepEqual(queue.takeOrdinary(10, 1_000).shed, { chat: 2 });
  const left = queue.unreported;
  assert.deepEqual(left, { count: 1, lastReport: 0 });
  const next = new RoomQueue('r', { budget, ...(left ? { unreported: left } : {}) });
  assert.deepEqual([next.empty, next.tellAt], [false, 1_000]);
  next.add(one('chat', 'c'));
  assert.deepEqual(next.takeOrdinary(10, 1_000).shed, { chat: 2 });
});

test('a bulk recall drops what was accepted until it, in every lane; later messages and the recall itself are sent', () => {
  const from = (lane: Lane, id: string, ts: number, sender: string): Pending => ({
    ...{ room: 'r', lane, id, body: `{"id":"${id}","type":"${lane}","from":{"name":"x","id":"${sender}"},"data":{},"ts":${ts}}`, trace: id, entry: id },
    ...(lane === 'chat' || lane === 'ambient' ? { weight: { sender, rank: 0, content: 0 } } : {}),
  });
  const recall = (id: string, ts: number, scope: NonNullable<NonNullable<Pending['marks']>['recall_of']>): Pending => ({
    ...{ room: 'r', lane: 'control', id, body: `{"id":"${id}","type":"recall","data":{},"ts":${ts}}`, trace: id, entry: id },
    marks: { recall_of: scope },
  });
  const queue = new RoomQueue('r');
  for (const lane of laneNames) for (const ts of [9, 10, 11]) queue.add(from(lane, `${lane}-ann${ts}`, ts, 'ann'));
  for (const lane of laneNames) queue.add(from(lane, `${lane}-bob`, 10, 'bob'));
  queue.add(recall('r1', 10, { user: 'ann' }));
  assert.deepEqual(ids(queue.takeUrgent(99, 0)), ['control-ann11', 'control-bob', 'r1', 'gift-ann11', 'gift-bob']);
  assert.deepEqual(ids(queue.takeOrdinary(99, 0)).slice(0, 2), ['chat-ann11', 'chat-bob']);
  queue.recall({ ids: [], bulk: [{ scope: { all: true }, at: 20 }] });
  for (const lane of laneNames) for (const ts of [20, 21]) queue.add(from(lane, `${lane}${ts}`, ts, 'eve'));
  const urgentNow = queue.takeUrgent(99, 0);
  assert.deepEqual([ids(urgentNow), droppedOf(urgentNow)], [['control20', 'control21', 'gift21'], [['gift', 'recalled', 'gift20']]]);
  assert.deepEqual(ids(queue.takeOrdinary(99, 0)), ['chat21', 'ambient21']);
});
