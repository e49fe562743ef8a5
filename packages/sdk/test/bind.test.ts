// `bind`: the overlay command for each message, and the fields read from its data.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg } from '@danmux/protocol';
import { type BindOptions, bind } from '../src/bind.ts';
import type { Room } from '../src/client/room.ts';
import type { OverlayVerbs } from '../src/overlay/overlay-verbs.ts';

type Listener = (payload: unknown) => void;

/** A room whose events the test emits, bound to an overlay that records its calls. */
function bound(options: BindOptions = {}) {
  const listeners = new Map<string, Listener>();
  const told: unknown[][] = [];
  const on = (event: string, listener: Listener) => {
    listeners.set(event, listener);
    return () => listeners.delete(event);
  };
  const verb =
    (name: string) =>
    (...given: unknown[]) =>
      told.push([name, ...given]);
  const verbs = Object.fromEntries(['danmaku', 'gift', 'superchat', 'remove'].map((name) => [name, verb(name)]));
  const end = bind({ on } as unknown as Pick<Room, 'on'>, verbs as unknown as OverlayVerbs, options);
  const say = (msg: Partial<Msg>) => listeners.get('message')?.({ id: 'm', lane: 'chat', type: 'chat', data: { text: 'x' }, ts: Date.now(), ...msg });
  return { told, end, say, listeners };
}

test('chat becomes a danmaku with its valid colour, mode and size', () => {
  const { told, say } = bound({ userId: 'u1' });
  say({ from: { id: 'u1' }, data: { text: 'hi', color: '#f00', mode: 'top', size: 'large', count: 900 } });
  say({ from: { id: 'u2' }, data: { text: 'hi', color: 3, mode: 'diagonal', size: 12 } });
  say({ data: 'just text', type: 'sticker' });
  say({ data: { text: '' } });
  assert.deepEqual(told, [
    ['danmaku', { id: 'm', type: 'chat', text: 'hi', color: '#f00', mode: 'top', size: 'large', user: 'u1', own: true }],
    ['danmaku', { id: 'm', type: 'chat', text: 'hi', user: 'u2', own: false }],
    ['danmaku', { id: 'm', type: 'sticker', text: 'just text', own: false }],
  ]);
});

test('the combo key of a gift includes its sender and type', () => {
  const { told, say } = bound();
  say({ lane: 'gift', type: 'gift', from: { id: 'u1', name: '小明' }, data: { name: '火箭', icon: '🚀', count: 7, combo_id: 'c1' } });
  say({ lane: 'gift', type: 'gift', from: { id: 'u2' }, data: { gift: 'rose', count: 'many' } });
  assert.deepEqual(told, [
    ['gift', { id: 'm', type: 'gift', from: '小明', gift: '火箭', icon: '🚀', count: 7, combo: 'gift u1 c1', user: 'u1', own: false }],
    ['gift', { id: 'm', type: 'gift', from: 'u2', gift: 'rose', count: 1, user: 'u2', own: false }],
  ]);
});

test('a count is read as a positive integer, also from a string; parts of a merged gift are passed on', () => {
  const { told, say } = bound();
  const parts = ['g1', 'g2'].map((id) => ({ id, count: 10 }));
  for (const count of ['10', 0, -3, 1.5, null, '0x10', ' 7 ', '1e3', '1e400', '-5']) say({ lane: 'gift', type: 'gift', data: { gift: 'rose', count } });
  say({ lane: 'gift', type: 'gift', data: { gift: 'rose', count: 20 }, parts });
  assert.deepEqual(
    told.map(([, item]) => [(item as { count: number }).count, (item as { parts?: unknown }).parts]),
    [...[10, 1, 1, 1, 1, 1, 7, 1_000, 1, 1].map((count) => [count, undefined]), [20, parts]],
  );
});

test('a super chat is pinned with its amount, tier, colour and time', () => {
  const { told, say } = bound({ userId: 'u1' });
  const data = { text: '加油', amount: 30, tier: 2, color: '#123456', pin_ms: 5_000 };
  say({ lane: 'gift', type: 'superchat', from: { id: 'u1', name: '小红' }, data });
  assert.deepEqual(told, [
    ['superchat', { id: 'm', type: 'superchat', from: '小红', text: '加油', amount: '30', tier: 2, color: '#123456', pinMs: 5_000, user: 'u1', own: true }],
  ]);
});

test("the viewer's own message is shown once when sent, whether the server's copy or its answer arrives first", () => {
  const { told, say, listeners } = bound({ userId: 'me' });
  const send = (cid: string, text: string) => listeners.get('sending')?.({ cid, type: 'chat', data: { text, color: '#f00' } });
  send('c1', 'hello');
  listeners.get('sent')?.({ cid: 'c1', id: 'm1' });
  say({ id: 'm1', from: { id: 'me' }, data: { text: 'hello' } });
  send('c2', 'again');
  say({ id: 'm2', from: { id: 'me' }, data: { text: 'again' } });
  listeners.get('sent')?.({ cid: 'c2', id: 'm2' });
  listeners.get('recalled')?.({ id: 'm2' });
  say({ id: 'm3', from: { id: 'me' }, data: { text: 'from my phone' } });
  listeners.get('sending')?.({ cid: 'c3', type: 'like', data: { count: 1 } });
  const own = { type: 'chat', color: '#f00', own: true };
  assert.deepEqual(told, [
    ['danmaku', { ...own, id: 'c1', text: 'hello' }],
    ['remove', 'm1'],
    ['danmaku', { ...own, id: 'c2', text: 'again' }],
    ['remove', 'm2'],
    ['remove', 'c2'],
    ['danmaku', { type: 'chat', id: 'm3', text: 'from my phone', user: 'me', own: true }],
  ]);
});

test('without a user id an early copy is removed when the answer arrives; a refused message is removed', () => {
  const { told, say, listeners } = bound();
  listeners.get('sending')?.({ cid: 'c1', type: 'chat', data: { text: 'hello' } });
  say({ id: 'm1', data: { text: 'hello' } });
  listeners.get('sent')?.({ cid: 'c1', id: 'm1' });
  listeners.get('sending')?.({ cid: 'c2', type: 'chat', data: { text: 'too fast' } });
  listeners.get('unsent')?.({ cid: 'c2' });
  assert.deepEqual(
    told.map(([verb, given]) => [verb, typeof given === 'string' ? given : (given as { id: string }).id]),
    [
      ['danmaku', 'c1'],
      ['danmaku', 'm1'],
      ['remove', 'm1'],
      ['danmaku', 'c2'],
      ['remove', 'c2'],
    ],
  );
});

test('recalled messages are removed; old and expired ones are not shown; unbinding removes all listeners', () => {
  const { told, say, end, listeners } = bound();
  say({ id: 'old', ts: Date.now() - 20_000 });
  say({ id: 'late', expires_at: Date.now() - 1 });
  say({ id: 'soon', expires_at: Date.now() + 60_000 });
  say({ id: 'notice', lane: 'control', type: 'notice' });
  listeners.get('recalled')?.({ id: 'soon' });
  assert.deepEqual(told, [
    ['danmaku', { id: 'soon', type: 'chat', text: 'x', own: false }],
    ['remove', 'soon'],
  ]);
  end();
  assert.equal(listeners.size, 0);
});
