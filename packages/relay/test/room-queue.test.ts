// What waits for a room comes out in lane order, each lane in the order it came.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pending } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';
import { RoomQueue } from '../src/room-queue.ts';

function filled(...publications: readonly [Lane, string][]): RoomQueue {
  const queue = new RoomQueue('r');
  for (const [lane, id] of publications) queue.add({ room: 'r', lane, id, body: '{}', trace: id, entry: id } satisfies Pending);
  return queue;
}

const ids = (batch: ReturnType<RoomQueue['take']>) => laneNames.flatMap((lane) => (batch[lane] ?? []).map(({ id }) => id));

test('a lane keeps its order, over several takes too', () => {
  const queue = filled(['chat', 'c1'], ['chat', 'c2'], ['chat', 'c3']);
  assert.deepEqual(ids(queue.take(2)), ['c1', 'c2']);
  assert.deepEqual(ids(queue.take(2)), ['c3']);
  assert.deepEqual(queue.take(2), {});
});

test('what comes later in a higher lane is taken first', () => {
  const queue = filled(['chat', 'c1'], ['chat', 'c2'], ['ambient', 'a1'], ['gift', 'g1'], ['control', 'n1']);
  assert.deepEqual(ids(queue.take(3)), ['n1', 'g1', 'c1']);
  assert.deepEqual(ids(queue.take(3)), ['c2', 'a1']);
});

test('a batch names only lanes it takes from, and the limit counts all of them', () => {
  const queue = filled(['gift', 'g1'], ['gift', 'g2'], ['chat', 'c1']);
  assert.deepEqual(Object.keys(queue.take(2)), ['gift']);
  assert.equal(queue.empty, false);
  assert.deepEqual(queue.take(0), {});
});

test('is urgent while control or gift waits, and not for chat or ambient', () => {
  assert.equal(filled(['chat', 'c']).urgent, false);
  assert.equal(filled(['ambient', 'a']).urgent, false);
  for (const lane of ['control', 'gift'] as const) {
    const queue = filled([lane, 'x'], ['chat', 'c']);
    assert.equal(queue.urgent, true);
    queue.take(1);
    assert.equal(queue.urgent, false);
    assert.equal(queue.empty, false);
  }
});

test('begins without heads, without a last frame and empty', () => {
  const queue = new RoomQueue('r');
  assert.deepEqual([queue.room, queue.heads, queue.flushing, queue.empty, queue.urgent], ['r', undefined, false, true, false]);
  assert.ok(queue.lastFlush < performance.now() - 1e9, 'its first frame waits for nothing');
});
