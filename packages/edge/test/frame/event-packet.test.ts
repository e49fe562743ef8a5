// Frames that exceed the limit become several packets: all messages once and in order, each packet within the limit or with one message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame } from '@danmux/protocol';
import { eventPacket, framePackets } from '../../src/frame/event-packet.ts';

const msg = (id: number, text: string) => ({ id: String(id), lane: 'gift', offset: id, type: 'gift', data: { text }, ts: 1 });
const payloadOf = (texts: readonly string[]) => JSON.stringify({ room: 'live:1', msgs: texts.map((text, index) => msg(index, text)) });
const msgsOf = (packet: string) => (JSON.parse(packet.slice(1)) as [string, Frame])[1].msgs;
/** Bytes on the wire: the packet after its engine.io type. */
const bytesOf = (packet: string) => Buffer.byteLength(packet) + 1;

test('a frame within the limit is one packet with the same bytes', () => {
  const payload = payloadOf(['a', '礼物']);
  const exact = bytesOf(eventPacket('frame', payload));
  assert.deepEqual(framePackets(payload, exact), [eventPacket('frame', payload)]);
  assert.deepEqual(
    framePackets(payload, exact - 1).map((packet) => msgsOf(packet).length),
    [1, 1],
  );
});

test('a larger frame is split between messages, as full as the limit allows, in order', () => {
  for (const text of ['x'.repeat(50), '弹幕🚀'.repeat(7), '"}],[{\\"'.repeat(6)]) {
    const payload = payloadOf(Array(400).fill(text));
    for (const limit of [600, 4_096, 32_768]) {
      const packets = framePackets(payload, limit);
      const sizes = packets.map(bytesOf);
      assert.ok(Math.max(...sizes) <= limit, `${Math.max(...sizes)} of ${limit} bytes`);
      // One more message would not have fitted into any but the last.
      const longest = Math.max(...msgsOf(packets[0] ?? '').map((one) => Buffer.byteLength(JSON.stringify(one)))) + 3;
      assert.ok(
        sizes.slice(0, -1).every((size) => size + longest > limit),
        `sizes: ${sizes}`,
      );
      assert.deepEqual(packets.flatMap(msgsOf), (JSON.parse(payload) as Frame).msgs);
    }
  }
});

test('only a single message exceeds the limit, between others too', () => {
  const packets = framePackets(payloadOf(['a', 'x'.repeat(900), 'b', 'c']), 500);
  assert.deepEqual(
    packets.map((packet) => msgsOf(packet).map(({ id }) => id)),
    [['0'], ['1'], ['2', '3']],
  );
  assert.deepEqual(
    packets.map((packet) => bytesOf(packet) > 500),
    [false, true, false],
  );
});
