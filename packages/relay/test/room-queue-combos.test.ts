// Messages that a room's queue merges: gifts of a combo within their window, ambient messages of a frame, and recalls of merged parts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomQueue } from '../src/room-queue.ts';
import { droppedOf, ids, one, ordinary, urgent } from './queued.ts';

test('gifts of a combo wait for its window, keep the room non-empty, and are sent with one sum', () => {
  const queue = new RoomQueue('r', { comboWindowMs: 300 });
  const give = (id: string, now: number) =>
    queue.add({ room: 'r', lane: 'gift', id, body: `{"id":"${id}","type":"gift","data":{"count":2},"ts":1}`, trace: id, entry: id, combo: 'c' }, now);
  give('first', 0);
  assert.deepEqual([queue.urgent, urgent(queue, 10)], [true, ['first']]);
  for (const id of ['a', 'b', 'c']) give(id, 10);
  assert.deepEqual([queue.urgent, queue.empty, queue.combosAt], [false, false, 300]);
  const { batch, dropped } = queue.takeUrgent(10, 300);
  assert.deepEqual(
    batch.gift?.map(({ id, body }) => [id, (JSON.parse(body) as { data: unknown }).data]),
    [['c', { count: 6 }]],
  );
  assert.deepEqual(
    dropped.map(({ lane, reason, publications }) => [lane, reason, publications.map(({ id }) => id)]),
    [['gift', 'merged', ['a', 'b']]],
  );
  assert.equal(queue.empty, true);
});

test('gifts recalled while they wait are not in the sum of the combo', () => {
  const queue = new RoomQueue('r', { comboWindowMs: 300 });
  const give = (id: string, count: number) =>
    queue.add({ ...one('gift', id), body: `{"id":"${id}","type":"gift","data":{"count":${count}},"ts":1}`, combo: 'c' }, 0);
  give('first', 1);
  urgent(queue, 10);
  for (const [id, count] of [
    ['a', 2],
    ['b', 3],
    ['c', 4],
  ] as const)
    give(id, count);
  queue.add(one('control', 'r', { recalls: 'c' }), 0);
  const early = queue.takeUrgent(10, 10);
  assert.deepEqual([ids(early), droppedOf(early)], [['r'], [['gift', 'recalled', 'c']]]);
  const { batch, dropped } = queue.takeUrgent(10, 300);
  assert.deepEqual(
    batch.gift?.map(({ body }) => (JSON.parse(body) as { data: unknown }).data),
    [{ count: 5 }],
  );
  assert.deepEqual(
    dropped.map(({ reason }) => reason),
    ['merged'],
  );
});

test('messages with marks, and all messages in a room of users, are not merged', () => {
  const queue = new RoomQueue('r');
  for (const [id, marks] of [['a'], ['b', { receipt: true }], ['c'], ['d', { expires_at: Number.MAX_SAFE_INTEGER }]] as const)
    queue.add(one('ambient', id, marks));
  const taken = queue.takeOrdinary(10, 0);
  assert.deepEqual([ids(taken), droppedOf(taken)], [['b', 'd', 'c'], [['ambient', 'merged', 'a']]]);
  assert.deepEqual(
    taken.batch.ambient?.map(({ marks }) => marks),
    [{ receipt: true }, { expires_at: Number.MAX_SAFE_INTEGER }, undefined],
  );
  const users = new RoomQueue('@1', { merges: false, comboWindowMs: 300 });
  for (const id of ['a', 'b']) users.add(one('ambient', id));
  for (const id of ['g', 'h']) users.add({ ...one('gift', id), combo: 'c' }, 0);
  assert.deepEqual(
    [ordinary(users, 10), urgent(users, 10)],
    [
      ['a', 'b'],
      ['g', 'h'],
    ],
  );
});

test('recalled parts leave a merged gift that still waits; the other parts leave the ingress when it is sent', () => {
  const queue = new RoomQueue('r', { comboWindowMs: 300 });
  const give = (id: string) => queue.add({ ...one('gift', id), body: `{"id":"${id}","type":"gift","data":{"count":10},"ts":1}`, combo: 'c' }, 0);
  give('first');
  urgent(queue, 10);
  for (const id of ['a', 'b', 'c', 'd']) give(id);
  queue.add(one('control', 'notice'), 0);
  const full = queue.takeUrgent(1, 300);
  assert.deepEqual([ids(full), droppedOf(full)], [['notice'], []], 'nothing is taken out of the ingress of what still waits');
  for (const id of ['b', 'd']) queue.recall({ ids: [id], bulk: [] });
  const taken = queue.takeUrgent(10, 310);
  assert.deepEqual(droppedOf(taken), [
    ['gift', 'recalled', 'b d'],
    ['gift', 'merged', 'a'],
  ]);
  assert.deepEqual(
    taken.batch.gift?.map(({ body }) => JSON.parse(body) as unknown),
    [
      {
        id: 'c',
        parts: [
          { id: 'a', count: 10 },
          { id: 'c', count: 10 },
        ],
        type: 'gift',
        data: { count: 20 },
        ts: 1,
      },
    ],
  );
  assert.equal(queue.empty, true);
});
