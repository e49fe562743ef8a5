// The ledger's flat form: what a commit counts comes back as the same ledger, summed over shards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf, totalsOf } from '../../src/engine/ledger-fields.ts';

const zero = { control: 0, gift: 0, chat: 0, ambient: 0 };
const none = { control: {}, gift: {}, chat: {}, ambient: {} };

test('counts become one counter each, without those that are 0', () => {
  assert.deepEqual(
    countsOf({ accepted: { gift: 2, chat: 0 }, sequenced: { control: 1 }, shed: { chat: { over_budget: 3, ingress_full: 0 }, ambient: { merged: -1 } } }),
    [
      ['accepted:gift', 2],
      ['sequenced:control', 1],
      ['shed:chat:over_budget', 3],
      ['shed:ambient:merged', -1],
    ],
  );
  assert.deepEqual(countsOf({}), []);
});

test('an empty store is a ledger of zeros', () => {
  assert.deepEqual(totalsOf([]), { accepted: zero, sequenced: zero, shed: none });
  assert.deepEqual(totalsOf([{}, {}]), { accepted: zero, sequenced: zero, shed: none });
});

test('shards add up, as numbers or as the text a store gives', () => {
  const ledger = totalsOf([
    { 'accepted:gift': '10', 'sequenced:gift': '9', 'shed:chat:over_budget': '1' },
    { 'accepted:gift': 1, 'accepted:chat': 5, 'shed:chat:over_budget': 2, 'shed:chat:ingress_full': 4 },
  ]);
  assert.deepEqual(ledger.accepted, { ...zero, gift: 11, chat: 5 });
  assert.deepEqual(ledger.sequenced, { ...zero, gift: 9 });
  assert.deepEqual(ledger.shed, { ...none, chat: { over_budget: 3, ingress_full: 4 } });
});

test('a reason that was taken back is left out, and a correction may come from another shard first', () => {
  assert.deepEqual(totalsOf([{ 'shed:chat:ingress_full': 0 }]).shed, none);
  assert.deepEqual(totalsOf([{ 'shed:chat:ingress_full': -2 }, { 'shed:chat:ingress_full': 2 }]).shed, none);
  assert.deepEqual(totalsOf([{ 'shed:chat:ingress_full': -2 }, { 'shed:chat:ingress_full': 5 }]).shed.chat, { ingress_full: 3 });
});

test('counters of another version are passed over', () => {
  const ledger = totalsOf([{ 'accepted:whisper': 5, 'lost:gift': 2, garbage: 1, 'accepted:gift': 1 }]);
  assert.deepEqual(ledger, { accepted: { ...zero, gift: 1 }, sequenced: zero, shed: none });
});

test('what is counted is what is told', () => {
  const counts = { accepted: { gift: 2, chat: 7 }, sequenced: { gift: 2, ambient: 1 }, shed: { chat: { over_budget: 3 }, ambient: { merged: 2 } } };
  const ledger = totalsOf([Object.fromEntries(countsOf(counts))]);
  assert.deepEqual(ledger, {
    accepted: { ...zero, ...counts.accepted },
    sequenced: { ...zero, ...counts.sequenced },
    shed: { ...none, ...counts.shed },
  });
});
