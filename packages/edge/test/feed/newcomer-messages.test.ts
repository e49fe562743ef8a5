// Which messages a newcomer gets, and how many.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg, StreamLane } from '@danmux/protocol';
import { newcomerMessages } from '../../src/feed/newcomer-messages.ts';

const now = 1_000_000;
const msgs = (lane: StreamLane, type: string, count: number, rest: Partial<Msg> = {}): Msg[] =>
  Array.from({ length: count }, (_, index) => ({ id: `${type}${index + 1}`, lane, type, data: null, ts: 0, ...rest }));
const chosen = (newest: Parameters<typeof newcomerMessages>[0], wanted: number) => {
  const { control = [], gift = [], chat = [] } = newcomerMessages(newest, wanted, now);
  return [...control, ...gift, ...chat].map(({ id }) => id);
};

test('messages that no screen shows do not count: state changes, recalls and tombstones', () => {
  const control = [...msgs('control', 'room_state', 3), ...msgs('control', 'recall', 2)];
  const gift = [...msgs('gift', 'gift', 1), ...msgs('gift', 'recalled', 4)];
  assert.deepEqual(chosen({ control, gift, chat: msgs('chat', 'chat', 9) }, 5), ['gift1', 'chat6', 'chat7', 'chat8', 'chat9']);
});

test('gifts come before notices, both take at most half, and chat gets the rest', () => {
  const newest = { control: msgs('control', 'notice', 9), gift: msgs('gift', 'gift', 2), chat: msgs('chat', 'chat', 9) };
  assert.deepEqual(chosen(newest, 5), ['notice9', 'gift1', 'gift2', 'chat8', 'chat9']);
  assert.deepEqual(chosen({ ...newest, gift: msgs('gift', 'gift', 9) }, 5), ['gift7', 'gift8', 'gift9', 'chat8', 'chat9']);
});

test('a pinned super chat comes first, however many gifts followed it', () => {
  const pinned: Msg = { id: 'pinned', lane: 'gift', type: 'superchat', data: { pin_ms: 60_000 }, ts: now - 59_000 };
  const ended: Msg = { ...pinned, id: 'ended', data: {} };
  const gift = [pinned, ended, ...msgs('gift', 'gift', 9)];
  assert.deepEqual(chosen({ gift, chat: msgs('chat', 'chat', 9) }, 2), ['pinned', 'chat9']);
  const asText = { ...pinned, data: { pin_ms: '60000' } };
  assert.deepEqual(chosen({ gift: [asText, ...msgs('gift', 'gift', 9)], chat: msgs('chat', 'chat', 9) }, 2), ['pinned', 'chat9'], 'a time sent as text');
  assert.deepEqual(chosen({ gift, chat: msgs('chat', 'chat', 9) }, 4), ['pinned', 'gift9', 'chat8', 'chat9']);
});

test('what chat leaves goes to gifts, and never more than asked for', () => {
  assert.deepEqual(chosen({ gift: msgs('gift', 'gift', 9), chat: msgs('chat', 'chat', 1) }, 5), ['gift6', 'gift7', 'gift8', 'gift9', 'chat1']);
  assert.deepEqual(chosen({ gift: msgs('gift', 'gift', 9) }, 0), []);
});
