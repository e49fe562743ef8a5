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

test('a batch ends before it grows too large, in order, and one large message still goes', () => {
  const queue = new RoomQueue('r');
  const add = (lane: Lane, id: string, size: number) => queue.add({ room: 'r', lane, id, body: 'x'.repeat(size), trace: id, entry: id });
  for (let i = 0; i < 20; i++) add('gift', `g${i}`, 30_000);
  add('chat', 'c', 10);
  const sizes: number[] = [];
  const all: string[] = [];
  while (!queue.empty) {
    const batch = queue.take(200);
    const bodies = laneNames.flatMap((lane) => batch[lane] ?? []);
    sizes.push(bodies.reduce((sum, { body }) => sum + body.length, 0));
    all.push(...ids(batch));
    assert.notEqual(bodies.length, 0, 'it goes on');
  }
  assert.ok(Math.max(...sizes) <= 262_144, `${Math.max(...sizes)} characters in one frame`);
  assert.ok(sizes.length < 5, 'and fills its frames');
  assert.deepEqual(all, [...Array.from({ length: 20 }, (_, i) => `g${i}`), 'c']);
  add('gift', 'huge', 400_000);
  assert.deepEqual(ids(queue.take(200)), ['huge']);
});
