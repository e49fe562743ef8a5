// Bulk recalls: which control message is one, and which messages it covers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BulkRecall, bulkRecallOf, isCovered } from '../src/bulk-recall.ts';
import type { Msg } from '../src/publication.ts';

const positions = { gift: { epoch: 'e', offset: 3 }, chat: { epoch: 'e', offset: 5 } };
const recall = (data: unknown) => bulkRecallOf({ type: 'recall', data, ts: 100 });
const bulk = (data: unknown): BulkRecall => recall(data) ?? assert.fail('not a bulk recall');
const ann = bulk({ user: 'ann', positions: { ...positions, control: { epoch: 'e', offset: 2 } } });
const all = bulk({ all: true, positions });
const msg = (lane: Msg['lane'], offset: number | undefined, more: Partial<Msg> = {}): Msg => ({
  ...{ id: 'm', lane, type: lane === 'control' ? 'notice' : lane, from: { id: 'ann' }, data: null, ts: 50 },
  ...(offset === undefined ? {} : { offset }),
  ...more,
});

test('only a recall with positions and a user or `all` is a bulk recall', () => {
  assert.deepEqual(ann.scope, { user: 'ann' });
  assert.deepEqual(all?.scope, { all: true });
  for (const data of [null, 'x', { id: 'm' }, { user: 7, positions }, { all: false, positions }, { user: 'ann' }, { all: true, positions: null }])
    assert.equal(recall(data), undefined, JSON.stringify(data));
  assert.equal(bulkRecallOf({ type: 'notice', data: { all: true, positions }, ts: 1 }), undefined);
});

test('messages up to the positions are covered, later ones are not', () => {
  for (const one of [ann, all]) {
    assert.deepEqual(
      [msg('chat', 5), msg('chat', 6), msg('gift', 3), msg('gift', 4)].map((each) => isCovered(one, each)),
      [true, false, true, false],
    );
  }
  assert.deepEqual([isCovered(ann, msg('control', 2)), isCovered(all, msg('control', 2))], [true, false], 'clearing leaves control messages');
});

test('other users, recalls and room modes are not covered', () => {
  for (const from of [{ id: 'bob' }, { id: 'Ann' }, { id: '', name: 'ann' }])
    assert.equal(isCovered(ann, msg('chat', 1, { from })), false, JSON.stringify(from));
  assert.equal(isCovered(all, msg('chat', 1, { from: { id: 'bob' } })), true);
  for (const type of ['recall', 'room_state']) for (const one of [ann, all]) assert.equal(isCovered(one, msg('control', 1, { type })), false, type);
});

test('a message without an offset is covered when it was accepted before the recall', () => {
  for (const lane of ['chat', 'ambient'] as const)
    for (const one of [ann, all])
      assert.deepEqual(
        [100, 101].map((ts) => isCovered(one, msg(lane, undefined, { ts }))),
        [true, false],
        lane,
      );
});
