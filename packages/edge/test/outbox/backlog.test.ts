// The messages of a join that did not fit into its reply: in frames within the limit, recalled ones as tombstones, and then the end.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, Msg } from '@danmux/protocol';
import { Backlog } from '../../src/outbox/backlog.ts';

const msg = (offset: number, bytes = 300): Msg => ({ id: `g${offset}`, lane: 'gift', offset, type: 'gift', data: '礼'.repeat(bytes / 3), ts: 1 });
const many = (count: number) => Array.from({ length: count }, (_, index) => msg(index + 1));
const limit = 4_096;

function framesOf(backlog: Backlog): Frame[] {
  const frames: Frame[] = [];
  while (!backlog.empty) {
    const [packet = ''] = backlog.next().packets;
    const { msgs, room } = (JSON.parse(packet.slice(1)) as [string, Frame])[1];
    assert.ok(Buffer.byteLength(packet) + 1 <= limit || msgs.length === 1, `${Buffer.byteLength(packet)} bytes`);
    frames.push({ room, msgs });
  }
  return frames;
}

test('every message once, in order, in frames as full as the limit allows', () => {
  const frames = framesOf(new Backlog('r', many(100), limit, () => {}));
  assert.deepEqual(
    frames.flatMap(({ msgs }) => msgs),
    many(100),
  );
  assert.ok(frames.length <= Math.ceil((100 * 380) / limit) + 1, `${frames.length} frames`);
});

test('a message larger than the limit is alone in its frame', () => {
  const frames = framesOf(new Backlog('r', [msg(1), msg(2, 6_000), msg(3)], limit, () => {}));
  assert.deepEqual(
    frames.map(({ msgs }) => msgs.map(({ id }) => id)),
    [['g1'], ['g2'], ['g3']],
  );
});

test('a recall replaces messages that are not yet written, and only those', () => {
  const backlog = new Backlog('r', many(30), limit, () => {});
  const [first = ''] = backlog.next().packets;
  backlog.recall(new Set(['g1', 'g30']));
  const rest = framesOf(backlog).flatMap(({ msgs }) => msgs);
  assert.match(first, /"id":"g1",[^}]*"type":"gift"/);
  assert.deepEqual([rest.at(-1)?.id, rest.at(-1)?.type, rest.filter(({ type }) => type === 'recalled').length], ['g30', 'recalled', 1]);
});

test('its frames are not compressed, and the end is reported when asked', () => {
  let ends = 0;
  const backlog = new Backlog('r', many(10), limit, () => ends++);
  const encoded = backlog.next();
  assert.equal(encoded.deflated, encoded.plain);
  backlog.end();
  assert.equal(ends, 1);
});
