// The selection of chat messages in a tick over the budget.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Pending, Weight } from '@danmux/bus';
import { selectByWeight } from '../src/chat-weight.ts';

let entries = 0;
const said = (id: string, weight?: Partial<Weight>): Pending => ({
  ...{ room: 'r', lane: 'chat', id, body: '{}', trace: id, entry: `${++entries}` },
  ...(weight ? { weight: { sender: id, rank: 0, content: entries, ...weight } } : {}),
});
const kept = (waiting: readonly Pending[], allowed: number) => selectByWeight(waiting, allowed).kept.map(({ id }) => id);

test('the highest ranks are sent, in the order of acceptance', () => {
  const waiting = [said('low', { rank: 1 }), said('host', { rank: 1_000 }), said('mid', { rank: 5 }), said('vip', { rank: 100 })];
  assert.deepEqual(kept(waiting, 2), ['host', 'vip']);
  assert.deepEqual(kept(waiting, 3), ['host', 'mid', 'vip']);
});

test('the first message of each sender precedes the second of any, whatever the rank', () => {
  const loud = Array.from({ length: 50 }, (_, i) => said(`loud${i}`, { sender: 'loud', rank: 50 }));
  const waiting = [...loud, said('ann', { rank: 0 }), said('bob', { rank: 0 })];
  assert.deepEqual(kept(waiting, 3), ['loud0', 'ann', 'bob']);
});

test('new text precedes repeated text', () => {
  const waiting = [said('one', { content: 6 }), said('echo', { content: 6, rank: 99 }), said('two', { content: 7 })];
  assert.deepEqual(kept(waiting, 2), ['one', 'two']);
});

test('among equals neither the newest nor the oldest are favoured', () => {
  const waiting = Array.from({ length: 1_000 }, (_, i) => said(String(i), {}));
  const early = kept(waiting, 200).filter((id) => Number(id) < 500).length;
  assert.ok(early > 60 && early < 140, `${early} of 200 are of the first half`);
});

test('every message is kept or shed, and the same tick gives the same selection', () => {
  const waiting = Array.from({ length: 100 }, (_, i) => said(String(i), i % 3 === 0 ? undefined : { sender: `s${i % 7}`, rank: i % 5 }));
  const { kept: sent, shed } = selectByWeight(waiting, 30);
  assert.equal(sent.length, 30);
  assert.deepEqual(new Set([...sent, ...shed]), new Set(waiting));
  assert.deepEqual(selectByWeight(waiting, 30), { kept: sent, shed });
});

test('messages without a sender do not count as one sender', () => {
  const waiting = [said('a'), said('b'), said('c', { sender: '', rank: 1 })];
  assert.equal(kept(waiting, 3).length, 3);
  assert.deepEqual(kept(waiting, 1), ['c']);
});
