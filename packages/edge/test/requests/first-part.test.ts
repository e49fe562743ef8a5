// The reply of a join that is larger than one message: its messages and positions, and the messages that follow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JoinReply, Lane, Msg } from '@danmux/protocol';
import { firstPart } from '../../src/requests/first-part.ts';

const msg = (lane: Lane, offset: number, bytes = 400): Msg => ({ id: `${lane}${offset}`, lane, offset, type: lane, data: 'x'.repeat(bytes), ts: 1 });
const at = (offset: number) => ({ epoch: 'e', offset });
const many = (lane: Lane, from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => msg(lane, from + index));
const replyOf = (msgs: Msg[]): JoinReply => ({
  room: 'r',
  online: 1,
  positions: { control: at(2), gift: at(30), chat: at(90) },
  recovered: { gift: true },
  msgs,
});
const ids = (msgs: readonly Msg[]) => msgs.map(({ id }) => id);

test('a reply within the limit stays as it is', () => {
  const reply = replyOf([msg('control', 2), msg('gift', 30)]);
  assert.deepEqual(firstPart(reply, 4_096), { reply, rest: [] });
  assert.deepEqual(firstPart(replyOf([]), 4_096), { reply: replyOf([]), rest: [] });
});

test('the positions are those before the first message of each lane that follows', () => {
  const msgs = [...many('control', 1, 2), ...many('gift', 21, 30), ...many('chat', 81, 90)];
  const { reply, rest } = firstPart(replyOf(msgs), 4_096);
  assert.deepEqual([...ids(reply.msgs), ...ids(rest)], ids(msgs), 'every message once, in order');
  assert.equal(reply.following, rest.length);
  const lastGift = reply.msgs.filter(({ lane }) => lane === 'gift').at(-1)?.offset ?? 0;
  assert.ok(lastGift > 20 && lastGift < 30, `the reply ends within the gifts: ${lastGift}`);
  assert.deepEqual(reply.positions, { control: at(2), gift: at(lastGift), chat: at(80) });
  assert.deepEqual(reply.recovered, { gift: true });
});

test('a first message that is too large leaves the reply without messages', () => {
  const { reply, rest } = firstPart(replyOf([msg('gift', 29, 9_000), msg('gift', 30)]), 4_096);
  assert.deepEqual([reply.msgs, reply.following, reply.positions.gift, ids(rest)], [[], 2, at(28), ['gift29', 'gift30']]);
});
