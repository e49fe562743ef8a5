// Counters of one tick become one message a type, and no count is lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { acceptedAt, type Pending } from '@danmux/bus';
import { mergeCounters } from '../src/merge-counters.ts';

let entries = 0;
function counter(type: string, data: unknown, from?: object): Pending {
  const id = `m${++entries}`;
  const body = JSON.stringify({ id, type, ...(from ? { from } : {}), data, ts: 1_000 + entries });
  return { room: 'r', lane: 'ambient', id, body, trace: id, entry: id };
}
const bodies = (kept: readonly Pending[]) => kept.map(({ body }) => JSON.parse(body) as { id: string; type: string; data: unknown; from?: unknown });

test('the newest of each type is kept, with the sum of the counts', () => {
  const waiting = [
    counter('like', { count: 3 }),
    counter('enter', {}, { id: 'ann' }),
    counter('like', { count: 4, icon: '♥' }),
    counter('enter', {}, { id: 'bob' }),
  ];
  const { kept, merged } = mergeCounters(waiting);
  assert.deepEqual(
    bodies(kept).map(({ type, data, from }) => [type, data, from]),
    [
      ['like', { count: 7, icon: '♥' }, undefined],
      ['enter', { count: 2 }, { id: 'bob' }],
    ],
  );
  assert.deepEqual(merged, [waiting[0], waiting[1]]);
  assert.deepEqual(
    kept.map(({ id, entry }) => [id, entry]),
    [waiting[2], waiting[3]].map((one) => [one?.id, one?.entry]),
  );
});

test('what names no count, or none that is one, counts as one; data that is no object is kept beside it', () => {
  const { kept } = mergeCounters([counter('like', null), counter('like', { count: -5 }), counter('like', { count: 'x' }), counter('like', '♥')]);
  assert.deepEqual(
    bodies(kept).map(({ data }) => data),
    [{ value: '♥', count: 4 }],
  );
});

test('one alone stays byte for byte as it was, and the time stays where the relay looks for it', () => {
  const alone = [counter('like', { count: 2 }), counter('enter', {})];
  assert.deepEqual(mergeCounters(alone), { kept: alone, merged: [] });
  const { kept } = mergeCounters([counter('like', {}), counter('like', { ts: 5 })]);
  assert.equal(acceptedAt(kept[0] as Pending), 1_000 + entries);
});
