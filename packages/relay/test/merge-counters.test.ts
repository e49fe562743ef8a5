// Ambient messages of one tick become one per type, or one per sender and key, and no count is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedAt, type Pending } from '@danmux/bus';
import { mergeCounters } from '../src/merge-counters.ts';

let entries = 0;
function counter(type: string, data: unknown, from?: object): Pending {
  const id = `m${++entries}`;
  const body = JSON.stringify({ id, type, ...(from ? { from } : {}), data, ts: 1_000 + entries });
  return {
    room: 'r',
    lane: 'ambient',
    id,
    body,
    trace: id,
    entry: id,
    weight: { sender: (from as { id?: string } | undefined)?.id ?? '', rank: 0, content: 0 },
  };
}
const bodies = (kept: readonly Pending[]) => kept.map(({ body }) => JSON.parse(body) as { id: string; type: string; data: unknown; from?: unknown });

test('a summing type keeps the newest message with the sum of the counts', () => {
  const waiting = [counter('like', { count: 3 }), counter('hug', {}), counter('like', { count: '4', icon: '♥' }), counter('like', { n: 1.5, count: 1 })];
  const { kept, merged } = mergeCounters(waiting);
  assert.deepEqual(
    bodies(kept).map(({ type, data }) => [type, data]),
    [
      ['hug', {}],
      ['like', { n: 1.5, count: 8 }],
    ],
  );
  assert.deepEqual(merged, [waiting[0], waiting[2]]);
  assert.deepEqual(
    kept.map(({ id, entry }) => [id, entry]),
    [waiting[1], waiting[3]].map((one) => [one?.id, one?.entry]),
  );
});

test('other types keep the newest message of each sender and key', () => {
  const types = { enter: { lane: 'ambient', viewer: false, merge: 'newest' }, at: { lane: 'ambient', viewer: true, merge: 'newest', key: 'seat' } } as const;
  const [ann, bob] = [{ id: 'ann' }, { id: 'bob' }];
  const waiting = [
    counter('enter', { n: 1 }, ann),
    counter('enter', { n: 2 }, bob),
    counter('enter', { n: 3, count: 7 }, ann),
    counter('at', { seat: 1, x: 1 }, ann),
    counter('at', { seat: '1', x: 2 }, ann),
    counter('at', { seat: 1, x: 3 }, ann),
    counter('at', { seat: 1, x: 4 }, bob),
    counter('at', 'nowhere', bob),
  ];
  const { kept, merged, shed } = mergeCounters(waiting, types);
  assert.deepEqual(kept, [waiting[1], waiting[2], waiting[4], waiting[5], waiting[6], waiting[7]]);
  assert.deepEqual([merged, shed], [[waiting[0], waiting[3]], []]);
});

test('with very many senders the newest hundred messages stay, the others are shed', () => {
  const waiting = Array.from({ length: 130 }, (_, i) => counter('enter', {}, { id: `user${i}` }));
  waiting.push(counter('like', {}));
  const { kept, merged, shed } = mergeCounters(waiting);
  assert.deepEqual([kept, merged, shed], [waiting.slice(30), [], waiting.slice(0, 30)]);
});

test('sums beyond 2^53 are exact, and other numbers keep their digits', () => {
  const large = (count: string): Pending => {
    const made = counter('like', {});
    return { ...made, body: made.body.replace('"data":{}', `"data":{"order":9007199254740993,"rate":1.50,"count":${count}}`) };
  };
  const { kept } = mergeCounters([large('9007199254740993'), large('"9007199254740993"')]);
  assert.match(kept[0]?.body ?? '', /"data":\{"order":9007199254740993,"rate":1\.50,"count":18014398509481986\}/);
});

test('a missing or invalid count is 1; data that is not an object is kept', () => {
  const { kept } = mergeCounters([counter('like', null), counter('like', { count: -5 }), counter('like', { count: 'x' }), counter('like', '♥')]);
  assert.deepEqual(
    bodies(kept).map(({ data }) => data),
    [{ value: '♥', count: 4 }],
  );
});

test('a single message stays byte for byte the same, and the time stays where the relay reads it', () => {
  const alone = [counter('like', { count: 2 }), counter('enter', {})];
  assert.deepEqual(mergeCounters(alone), { kept: alone, merged: [], shed: [] });
  const { kept } = mergeCounters([counter('like', {}), counter('like', { ts: 5 })]);
  assert.equal(acceptedAt(kept[0] as Pending), 1_000 + entries);
});
