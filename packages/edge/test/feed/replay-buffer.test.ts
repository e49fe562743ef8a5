// Tests of ReplayBuffer: it serves only ranges that it holds completely.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusFrame } from '@danmux/bus';
import type { Msg } from '@danmux/protocol';
import { ReplayBuffer } from '../../src/feed/replay-buffer.ts';

const msg = (lane: 'gift' | 'chat', offset: number): Msg => ({ id: `${lane}${offset}`, lane, offset, type: lane, data: {}, ts: 0 });
function frame(ranges: Partial<Record<'gift' | 'chat', [number, number]>>): BusFrame {
  const msgs = Object.entries(ranges).flatMap(([lane, [first, last]]) =>
    Array.from({ length: last - first + 1 }, (_, index) => msg(lane as 'gift', first + index)),
  );
  return { head: { room: 'r', epoch: 'e', ranges, counts: {}, characters: {}, traces: [] }, payload: JSON.stringify({ room: 'r', msgs }) };
}
const ids = (msgs: readonly Msg[] | null) => msgs?.map(({ id }) => id) ?? null;

test('gives the messages between two offsets of a lane, over several frames', () => {
  const replay = new ReplayBuffer();
  replay.push(frame({ gift: [5, 6], chat: [1, 1] }), 0);
  replay.push(frame({ chat: [2, 3] }), 0);
  replay.push(frame({ gift: [7, 9] }), 0);
  assert.deepEqual(ids(replay.since('gift', 5, 8)), ['gift6', 'gift7', 'gift8']);
  assert.deepEqual(ids(replay.since('gift', 4, 9))?.length, 5);
  assert.deepEqual(ids(replay.since('chat', 0, 3)), ['chat1', 'chat2', 'chat3']);
  assert.deepEqual(ids(replay.since('gift', 9, 9)), []);
});

test('an offset before its frames is missing until history was read', () => {
  const replay = new ReplayBuffer();
  replay.push(frame({ gift: [5, 6] }), 0);
  assert.equal(replay.since('gift', 3, 6), null);
  assert.equal(replay.since('control', 0, 1), null);
  assert.equal(replay.isWarm('gift', 6), false);
  replay.setBase('gift', 4, [msg('gift', 2), msg('gift', 3), msg('gift', 4)], 0);
  assert.equal(replay.isWarm('gift', 6), true);
  assert.deepEqual(ids(replay.since('gift', 1, 6)), ['gift2', 'gift3', 'gift4', 'gift5', 'gift6']);
  assert.equal(replay.since('gift', 0, 6), null);
  assert.deepEqual(ids(replay.newest('gift', 6, 100)), ['gift2', 'gift3', 'gift4', 'gift5', 'gift6']);
  assert.deepEqual(ids(replay.newest('gift', 6, 1)), ['gift6']);
});

test('forgets frames that are too old, and a base that no longer meets them is of no use', () => {
  const replay = new ReplayBuffer();
  replay.setBase('gift', 1, [msg('gift', 1)], 0);
  replay.push(frame({ gift: [2, 2] }), 0);
  replay.push(frame({ gift: [3, 3] }), 200_000);
  replay.expire(200_001);
  assert.deepEqual(ids(replay.since('gift', 2, 3)), ['gift3']);
  assert.equal(replay.since('gift', 0, 3), null);
  assert.equal(replay.isWarm('gift', 3), false);
  replay.clear();
  assert.equal(replay.since('gift', 2, 3), null);
  assert.equal(replay.size, 0);
});

test('holds no more than its share of memory, the newest first', () => {
  const replay = new ReplayBuffer();
  const large = (offset: number): BusFrame => ({
    head: { room: 'r', epoch: 'e', ranges: { gift: [offset, offset] }, counts: {}, characters: {}, traces: [] },
    payload: JSON.stringify({ room: 'r', msgs: [{ ...msg('gift', offset), data: 'x'.repeat(100_000) }] }),
  });
  for (let offset = 1; offset <= 500; offset++) replay.push(large(offset), 0);
  assert.ok(replay.size <= 100, `${replay.size} frames of 100,000 characters`);
  assert.equal(replay.since('gift', 499, 500)?.length, 1);
  assert.equal(replay.since('gift', 300, 500), null);
  replay.push({ head: { room: 'r', epoch: 'e', ranges: {}, counts: { ambient: 3 }, characters: {}, traces: [] }, payload: '{"room":"r","msgs":[]}' }, 0);
  assert.equal(replay.since('gift', 499, 500)?.length, 1);
});

test('a recalled message is a tombstone in its place, in frames and in messages read from history', () => {
  const replay = new ReplayBuffer();
  replay.setBase('gift', 2, [msg('gift', 1), msg('gift', 2)], 0);
  replay.push(frame({ gift: [3, 4] }), 0);
  assert.equal(replay.since('gift', 0, 4)?.length, 4);
  replay.recall(new Set(['gift2', 'gift3']));
  const shown = replay.since('gift', 0, 4) ?? [];
  assert.deepEqual(
    shown.map(({ id, type, offset }) => [id, type, offset]),
    [
      ['gift1', 'gift', 1],
      ['gift2', 'recalled', 2],
      ['gift3', 'recalled', 3],
      ['gift4', 'gift', 4],
    ],
  );
});

test('gives the frames that hold a lane’s messages after an offset, unless some are in none', () => {
  const replay = new ReplayBuffer();
  const [first, other, last] = [frame({ gift: [5, 6] }), frame({ chat: [1, 1] }), frame({ gift: [7, 9], chat: [2, 2] })];
  for (const one of [first, other, last]) replay.push(one, 0);
  assert.deepEqual(replay.frames('gift', 4, 9), [first, last]);
  assert.deepEqual(replay.frames('gift', 6, 9), [last]);
  assert.deepEqual(replay.frames('chat', 0, 2), [other, last]);
  assert.deepEqual(replay.frames('gift', 9, 9), []);
  assert.equal(replay.frames('gift', 3, 9), null);
  assert.equal(new ReplayBuffer().frames('gift', 3, 4), null);
});
