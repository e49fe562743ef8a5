// Tests of recalls: recalled messages become tombstones in frames, and the heads of the frames stay correct.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BusFrame, Heads } from '@danmux/bus';
import type { BulkRecall, Msg } from '@danmux/protocol';
import { mergeFrames } from '../../src/frame/merge-frames.ts';
import { bulkRecallsIn, RecentRecalls, withoutRecalled } from '../../src/frame/recalls.ts';

function frame(msgs: readonly Msg[], more: Partial<BusFrame['head']> = {}): BusFrame {
  const text = msgs.map((msg) => JSON.stringify(msg)).join(',');
  return {
    head: { room: 'r', epoch: 'e', ranges: { gift: [1, msgs.length] }, counts: { gift: msgs.length }, characters: { gift: text.length }, traces: [], ...more },
    payload: `{"room":"r","msgs":[${text}]}`,
  };
}
const gift = (offset: number, id: string): Msg => ({ lane: 'gift', offset, id, type: 'gift', data: { text: 'x'.repeat(20) }, ts: offset });
const msgsOf = ({ payload }: BusFrame) => (JSON.parse(payload) as { msgs: Msg[] }).msgs;

test('a frame that holds none of them is the same frame', () => {
  const one = frame([gift(1, 'a'), gift(2, 'b')]);
  assert.equal(withoutRecalled(one, new Set(['c'])), one);
  const many = new Set(Array.from({ length: 100 }, (_, i) => `other${i}`));
  assert.equal(withoutRecalled(one, many), one);
});

for (const others of [0, 100]) {
  test(`a tombstone keeps id, lane, offset and time, and merging still cuts at the right places (${others} other ids)`, () => {
    const odd = 'a"b\\c';
    const ids = new Set([odd, ...Array.from({ length: others }, (_, i) => `other${i}`)]);
    const shown = withoutRecalled(frame([gift(1, odd), gift(2, 'b')], { receipts: [odd, 'b'] }), ids);
    assert.deepEqual(msgsOf(shown), [{ lane: 'gift', offset: 1, id: odd, type: 'recalled', data: null, ts: 1 }, gift(2, 'b')]);
    assert.deepEqual([shown.head.receipts, shown.head.counts], [['b'], { gift: 2 }]);
    const merged = mergeFrames([shown, frame([gift(3, 'c')], { ranges: { gift: [3, 3] } })]);
    assert.deepEqual(
      msgsOf(merged).map(({ id }) => id),
      [odd, 'b', 'c'],
    );
  });
}

test('of a combo the recalled parts go, and with the last one it is a tombstone', () => {
  const combo: Msg = {
    ...gift(2, 'g2'),
    data: { gift: 'rocket', count: 20 },
    parts: [
      { id: 'g1', count: 10 },
      { id: 'g2', count: 10 },
    ],
  };
  const order = ({ lane, offset, id, parts, type, data, ts }: Msg) => ({ lane, offset, id, ...(parts ? { parts } : {}), type, data, ts }) as Msg;
  const one = frame([gift(1, 'g0'), order(combo)]);
  const left = withoutRecalled(one, new Set(['g2']));
  assert.deepEqual(msgsOf(left), [gift(1, 'g0'), { ...combo, data: { gift: 'rocket', count: 10 }, parts: [{ id: 'g1', count: 10 }] }]);
  assert.equal(left.head.characters.gift, left.payload.length - '{"room":"r","msgs":[]}'.length);
  assert.deepEqual(
    msgsOf(withoutRecalled(left, new Set(['g1', 'g0']))).map(({ id, type }) => [id, type]),
    [
      ['g0', 'recalled'],
      ['g2', 'recalled'],
    ],
  );
  assert.equal(withoutRecalled(one, new Set(['g3'])), one);
});

test('what only its sender would have been given is not given', () => {
  const senderOnly = [
    ['ann', '{"lane":"chat","id":"x","type":"chat","data":1,"ts":1}'],
    ['bob', '{"lane":"chat","id":"y","type":"chat","data":1,"ts":1}'],
  ] as const;
  const shown = withoutRecalled(frame([], { senderOnly }), new Set(['x']));
  assert.deepEqual(shown.head.senderOnly, [senderOnly[1]]);
});

test('ids are remembered for a minute, the newest thousand', () => {
  let now = 0;
  const recalled = new RecentRecalls({ now: () => now });
  recalled.add(Array.from({ length: 1_200 }, (_, i) => `m${i}`));
  assert.deepEqual([recalled.size, recalled.has('m199'), recalled.has('m200')], [1_000, false, true]);
  now = 59_999;
  recalled.add(['late', 'm200']);
  now = 60_000;
  recalled.forget();
  assert.deepEqual([...recalled.ids], ['late', 'm200']);
});

const ann: BulkRecall = { scope: { user: 'ann' }, positions: { gift: { epoch: 'e', offset: 2 } }, ts: 5 };
const by = (offset: number, id: string, user: string): Msg => ({ ...gift(offset, id), from: { id: user } });

test('a bulk recall leaves tombstones for the covered messages, without their receipts, and no text of the user elsewhere', () => {
  const one = frame([by(1, 'a', 'ann'), by(2, 'b', 'bob'), by(3, 'c', 'ann')], {
    receipts: ['a', 'b'],
    senderOnly: [['ann', JSON.stringify({ ...by(0, 's', 'ann'), offset: undefined, ts: 5 })]],
  });
  const shown = withoutRecalled(one, ann);
  assert.deepEqual(
    msgsOf(shown).map(({ id, type, offset }) => [id, type, offset]),
    [
      ['a', 'recalled', 1],
      ['b', 'gift', 2],
      ['c', 'gift', 3],
    ],
  );
  assert.deepEqual([shown.head.receipts, shown.head.senderOnly], [['b'], []]);
  assert.equal(withoutRecalled(frame([by(1, 'b', 'bob')]), ann).payload, frame([by(1, 'b', 'bob')]).payload);
});

test('bulk recalls are found in frames of the control lane only, and recent ones hide messages read before them', () => {
  const said: Msg = { lane: 'control', offset: 1, id: 'r', type: 'recall', data: { user: 'ann', positions: ann.positions }, ts: 5 };
  const one = frame([said]);
  assert.deepEqual(bulkRecallsIn({ ...one, head: { ...one.head, counts: { control: 1 } } }), [ann]);
  assert.deepEqual(bulkRecallsIn(one), [], 'a frame without control messages');
  const quoting = frame([{ ...gift(1, 'g'), data: { text: JSON.stringify(said) } }]);
  assert.deepEqual(bulkRecallsIn({ ...quoting, head: { ...quoting.head, counts: { control: 1 } } }), [], 'text inside a message');
  const recent = new RecentRecalls({ now: () => 1 });
  recent.addBulk(ann);
  recent.add(['x']);
  assert.deepEqual(
    [by(1, 'a', 'ann'), by(3, 'c', 'ann'), by(1, 'x', 'bob'), by(1, 'b', 'bob')].map((msg) => recent.shown(msg).type),
    ['recalled', 'gift', 'recalled', 'gift'],
  );
});

test('in a new epoch a bulk recall covers the surviving messages only, not new ones at the same offsets', () => {
  const began = (forks: Heads['forks']): Heads => ({ epoch: 'f', offsets: { control: 0, gift: 1, chat: 0 }, ...(forks ? { forks } : {}) });
  for (const [heads, shown] of [
    [began([{ epoch: 'e', offsets: { control: 0, gift: 1, chat: 0 } }]), ['recalled', 'gift']],
    [began(undefined), ['gift', 'gift']],
  ] as const) {
    const recent = new RecentRecalls({ now: () => 1 });
    recent.addBulk(ann);
    recent.beginEpoch(heads);
    assert.deepEqual(
      [by(1, 'a', 'ann'), by(2, 'new', 'ann')].map((msg) => recent.shown(msg).type),
      shown,
    );
  }
});
