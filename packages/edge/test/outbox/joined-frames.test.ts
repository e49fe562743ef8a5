// Tests of joined frames: queued frames that can be joined become one frame, and the others keep their place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, Lane } from '@danmux/protocol';
import { eventPacket } from '../../src/frame/event-packet.ts';
import { EncodedFrame, encodeEvent, encodeGap } from '../../src/outbox/encoded-frame.ts';
import { joined, takeJoinable } from '../../src/outbox/joined-frames.ts';

const limit = 262_144;
const odd = 'live:"\\]}';
const frame = (room: string, id: string, counts: Partial<Record<Lane, number>> = { gift: 1 }, size = 0) =>
  new EncodedFrame([eventPacket('frame', JSON.stringify({ room, msgs: [{ id: id + 'x'.repeat(size) }] }))], { room, counts });
const idsOf = ({ packets }: EncodedFrame) => packets.flatMap((packet) => (JSON.parse(packet.slice(1)) as [string, Frame])[1].msgs?.map(({ id }) => id) ?? []);
/** Everything the queue gives, write by write. */
function writes(queue: EncodedFrame[]): string[] {
  const all: string[] = [];
  while (queue.length > 0) all.push(idsOf(joined(takeJoinable(queue, limit))).join(' '));
  return all;
}

test('frames of one room and lane are one frame, those of other rooms between them keep their order', () => {
  const queue = [frame('a', 'a1'), frame(odd, 'o1'), frame('a', 'a2'), frame('b', 'b1'), frame(odd, 'o2'), frame('a', 'a3')];
  assert.deepEqual(writes(queue), ['a1 a2 a3', 'o1 o2', 'b1']);
  assert.deepEqual(takeJoinable([], limit), []);
});

test('a frame of other lanes, a gap and an event end the joining, so the order is kept', () => {
  const mixed = () => frame('a', 'mixed', { control: 1, gift: 1 });
  assert.deepEqual(writes([frame('a', 'a1'), mixed(), frame('a', 'a2')]), ['a1', 'mixed', 'a2']);
  assert.deepEqual(writes([mixed(), mixed()]), ['mixed', 'mixed']);
  assert.deepEqual(writes([frame('a', 'a1'), encodeGap({ room: 'a', lane: 'gift', count: 1, reason: 'history_lost' }), frame('a', 'a2')]), ['a1', '', 'a2']);
  assert.deepEqual(writes([frame('a', 'a1'), encodeEvent('presence', { room: 'b', online: 1 }), frame('a', 'a2')]), ['a1', '', 'a2']);
  assert.deepEqual(writes([frame('a', 'c1', { chat: 1 }), frame('a', 'g1')]), ['c1', 'g1']);
});

test('a joined frame has a size, and one frame alone is the very same', () => {
  const large = Array.from({ length: 4 }, (_, i) => frame('a', `g${i}`, { gift: 1 }, 100_000));
  const [first] = large;
  assert.equal(joined(takeJoinable([...large.slice(0, 1)], limit)), first);
  assert.deepEqual(
    writes(large).map((ids) => ids.split(' ').length),
    [2, 2],
  );
});
