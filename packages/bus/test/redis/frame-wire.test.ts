// decodeFrame(encodeFrame(frame)) returns the same frame, byte for byte.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusFrame, FrameHead } from '../../src/contract/frames.ts';
import { decodeFrame, encodeFrame } from '../../src/redis/frame-wire.ts';

const head: FrameHead = {
  room: 'live:1',
  epoch: '01HX',
  ranges: { gift: [1, 3], chat: [7, 7] },
  counts: { gift: 3, chat: 1, ambient: 2 },
  characters: { gift: 9, chat: 3, ambient: 6 },
  traces: [['g1', 'trace']],
};

test('a frame is the same after encoding and decoding', () => {
  const frames: BusFrame[] = [
    { head, payload: '{"room":"live:1","msgs":[]}' },
    { head: { room: 'r', epoch: '', ranges: {}, counts: {}, characters: {}, traces: [] }, payload: '' },
    { head: { ...head, receipts: ['a', '"弹幕"\n'], recalls: ['b'], to: ['user 1', '', 'user\n2'] }, payload: '{}' },
    { head: { ...head, traces: [['id\n"1"', 'trace\n2']] }, payload: '{"a":"弹幕 🎁"}\n{"b":"\u2028"}\n' },
  ];
  for (const frame of frames) assert.deepEqual(decodeFrame(encodeFrame(frame)), frame);
});

test('`senderOnly` is named `own` on the wire, as in older versions', () => {
  const frame: BusFrame = { head: { ...head, senderOnly: [['ann', '{"id":"c"}']] }, payload: '{}' };
  const text = encodeFrame(frame);
  assert.deepEqual((JSON.parse(text.slice(0, text.indexOf('\n'))) as { own: unknown }).own, [['ann', '{"id":"c"}']]);
  assert.ok(!text.includes('senderOnly'), text);
  assert.deepEqual(decodeFrame(text), frame);
});

test('the head is the first line, and the payload follows unchanged', () => {
  const [first, ...rest] = encodeFrame({ head: { ...head, traces: [['a\nb', 'c']] }, payload: '{\n}' }).split('\n');
  assert.deepEqual((JSON.parse(first ?? '') as FrameHead).traces, [['a\nb', 'c']]);
  assert.deepEqual(rest, ['{', '}']);
});

test('decodeFrame throws on other texts', () => {
  for (const text of ['', '{}', 'no frame', '\n', 'no json\n{}']) assert.throws(() => decodeFrame(text), JSON.stringify(text));
});
