// Flat counters of the ledger: counts converted to counters and summed over shards give the same ledger.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countsOf, totalsOf } from '../../src/engine/ledger-fields.ts';

const zero = { control: 0, gift: 0, chat: 0, ambient: 0 };
const none = { control: {}, gift: {}, chat: {}, ambient: {} };

test('each count becomes one counter; zeros are left out', () => {
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

test('an empty store gives a ledger of zeros', () => {
  assert.deepEqual(totalsOf([]), { accepted: zero, sequenced: zero, shed: none });
  assert.deepEqual(totalsOf([{}, {}]), { accepted: zero, sequenced: zero, shed: none });
});

test('counters of shards are summed, as numbers or as text', () => {
  const ledger = totalsOf([
    { 'accepted:gift': '10', 'sequenced:gift': '9', 'shed:chat:over_budget': '1' },
    { 'accepted:gift': 1, 'accepted:chat': 5, 'shed:chat:over_budget': 2, 'shed:chat:ingress_full': 4 },
  ]);
  assert.deepEqual(ledger.accepted, { ...zero, gift: 11, chat: 5 });
  assert.deepEqual(ledger.sequenced, { ...zero, gift: 9 });
  assert.deepEqual(ledger.shed, { ...none, chat: { over_budget: 3, ingress_full: 4 } });
});

test('a shed reason with sum 0 is left out, also when the negative correction comes first', () => {
  assert.deepEqual(totalsOf([{ 'shed:chat:ingress_full': 0 }]).shed, none);
  assert.deepEqual(totalsOf([{ 'shed:chat:ingress_full': -2 }, { 'shed:chat:ingress_full': 2 }]).shed, none);
  assert.deepEqual(totalsOf([{ 'shed:chat:ingress_full': -2 }, { 'shed:chat:ingress_full': 5 }]).shed.chat, { ingress_full: 3 });
});

test('unknown counters of another version are ignored', () => {
  const ledger = totalsOf([{ 'accepted:whisper': 5, 'lost:gift': 2, garbage: 1, 'accepted:gift': 1 }]);
  assert.deepEqual(ledger, { accepted: { ...zero, gift: 1 }, sequenced: zero, shed: none });
});

test('totals equal the counts that were added', () => {
  const counts = { accepted: { gift: 2, chat: 7 }, sequenced: { gift: 2, ambient: 1 }, shed: { chat: { over_budget: 3 }, ambient: { merged: 2 } } };
  const ledger = totalsOf([Object.fromEntries(countsOf(counts))]);
  assert.deepEqual(ledger, {
    accepted: { ...zero, ...counts.accepted },
    sequenced: { ...zero, ...counts.sequenced },
    shed: { ...none, ...counts.shed },
  });
});
