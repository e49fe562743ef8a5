// The entries of a list that fit into one reply, by bytes and not by characters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg } from '@danmux/protocol';
import { bytesOf, fitting, spaceBeside } from '../../src/frame/fitting.ts';

const msg = (text: string): Msg => ({ id: 'm', lane: 'chat', type: 'chat', data: text, ts: 1 });

test('as many entries as fit, and none when the first is too large', () => {
  const sizes = [10, 20, 30];
  const at = (space: number) => fitting(sizes, (size) => size, space);
  assert.deepEqual([at(63), at(62), at(32), at(11), at(10), at(0)], [3, 2, 2, 1, 0, 0]);
});

test('a message is measured in bytes as JSON', () => {
  const [plain, chinese] = [msg('xx'), msg('弹幕')];
  assert.equal(bytesOf(plain), JSON.stringify(plain).length);
  assert.equal(bytesOf(chinese), bytesOf(plain) + 4);
  assert.equal(bytesOf(chinese), bytesOf(plain) + 4, 'the same from the cache');
});

test('a reply that is filled up to its space is an ack within the limit', () => {
  const reply = { room: 'live:1', msgs: [] as Msg[] };
  const count = fitting(Array<Msg>(1_000).fill(msg('弹幕')), bytesOf, spaceBeside(reply, 4_096));
  const full = JSON.stringify([{ ok: true, ...reply, msgs: Array(count).fill(msg('弹幕')) }]);
  const bytes = Buffer.byteLength(`43${Number.MAX_SAFE_INTEGER}${full}`);
  assert.ok(bytes <= 4_096 && bytes > 4_096 - 200, `${bytes} bytes`);
});
