// acceptPublication: lane, id, dedupe key and encoded body of an accepted message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { testConfig } from '@danmux/testkit/unit';
import { type AcceptRules, acceptedAt, acceptPublication, identified, numberedMessage, restamped } from '../src/accept.ts';

const { types } = testConfig().messages;
const rules: AcceptRules = { types, maxData: 100, now: 1_700_000_000_123 };

const refusedWith = (code: string, run: () => unknown) => assert.throws(run, (error) => error instanceof DanmuxError && error.code === code);

test('the body is the message without lane and offset, its fields in the documented order', () => {
  const from = { id: 'ann', name: 'Ann "一"' };
  const accepted = acceptPublication({ room: 'live:1', type: 'gift', data: { 礼: 'x\n' }, from, id: 'g1', trace: 't1' }, rules);
  assert.deepEqual([accepted.room, accepted.lane, accepted.id, accepted.trace, accepted.dedupeKey], ['live:1', 'gift', 'g1', 't1', 'g1']);
  const body: unknown = JSON.parse(accepted.body);
  assert.deepEqual(body, { id: 'g1', type: 'gift', from, data: { 礼: 'x\n' }, ts: rules.now });
  assert.deepEqual(Object.keys(body as object), ['id', 'type', 'from', 'data', 'ts']);
});

test('the type determines the lane', () => {
  const laneOf = (type: string) => acceptPublication({ room: 'r', type, data: null }, rules).lane;
  assert.deepEqual(
    ['chat', 'gift', 'superchat', 'like', 'enter', 'notice'].map((type) => [type, laneOf(type)]),
    [
      ['chat', 'chat'],
      ['gift', 'gift'],
      ['superchat', 'gift'],
      ['like', 'ambient'],
      ['enter', 'ambient'],
      ['notice', 'control'],
    ],
  );
});

test('an unknown type is refused with the list of known types; so are names like `constructor`', () => {
  for (const type of ['nope', '', 'toString', '__proto__', 'constructor'])
    refusedWith('unknown_type', () => acceptPublication({ room: 'r', type, data: 1 }, rules));
  assert.throws(() => acceptPublication({ room: 'r', type: 'nope', data: 1 }, rules), /nope.*chat/);
});

test('data may have up to maxData bytes of JSON', () => {
  const ofBytes = (bytes: number) => acceptPublication({ room: 'r', type: 'chat', data: '弹'.repeat((bytes - 2) / 3) }, rules);
  assert.ok(ofBytes(98).body.length > 0);
  assert.ok(acceptPublication({ room: 'r', type: 'chat', data: 'x'.repeat(98) }, rules));
  refusedWith('too_large', () => ofBytes(101));
  refusedWith('too_large', () => acceptPublication({ room: 'r', type: 'chat', data: 'x'.repeat(99) }, rules));
});

test('data that JSON cannot represent becomes null', () => {
  assert.match(acceptPublication({ room: 'r', type: 'chat', data: undefined }, rules).body, /"data":null/);
});

test('a generated id is not used as dedupe key', () => {
  const [one, two] = [acceptPublication({ room: 'r', type: 'chat', data: 1 }, rules), acceptPublication({ room: 'r', type: 'chat', data: 1 }, rules)];
  assert.notEqual(one.id, two.id);
  assert.equal(one.dedupeKey, undefined);
  assert.equal('dedupeKey' in one, false);
  assert.equal(one.trace, one.id);
});

test('an explicit dedupe key takes precedence over the id', () => {
  const accepted = acceptPublication({ room: 'r', type: 'chat', data: 1, id: 'i', dedupeKey: 'ann\n1' }, rules);
  assert.deepEqual([accepted.id, accepted.dedupeKey], ['i', 'ann\n1']);
});

test('numberedMessage puts lane and offset in front of the body; an ambient message has no offset', () => {
  const accepted = acceptPublication({ room: 'r', type: 'gift', data: { offset: 9 }, id: 'g' }, rules);
  const numbered: unknown = JSON.parse(numberedMessage(accepted, 7));
  assert.deepEqual(numbered, { lane: 'gift', offset: 7, id: 'g', type: 'gift', data: { offset: 9 }, ts: rules.now });
  assert.deepEqual(Object.keys(numbered as object).slice(0, 2), ['lane', 'offset']);
  const like: unknown = JSON.parse(numberedMessage(acceptPublication({ room: 'r', type: 'like', data: 1, id: 'l' }, rules), undefined));
  assert.deepEqual(like, { lane: 'ambient', id: 'l', type: 'like', data: 1, ts: rules.now });
});

test('acceptedAt reads the time of acceptance for any data', () => {
  for (const data of ['"ts":1}', { ts: 1 }, [{ a: { ts: 5 } }], 'a:b:c}', null]) {
    assert.equal(acceptedAt(acceptPublication({ room: 'r', type: 'chat', data }, rules)), rules.now);
  }
});

test('only a gift with a combo_id has a combo, named by type, sender and combo_id', () => {
  const combo = (type: string, data: unknown, from?: { id: string }) => acceptPublication({ room: 'r', type, data, ...(from ? { from } : {}) }, rules).combo;
  assert.equal(combo('gift', { combo_id: 'c1' }, { id: 'ann' }), '["gift","ann","c1"]');
  assert.notEqual(combo('gift', { combo_id: 'b c' }, { id: 'a' }), combo('gift', { combo_id: 'c' }, { id: 'a b' }), 'ids with blanks stay apart');
  assert.notEqual(combo('gift', { combo_id: 'c1' }, { id: 'ann' }), combo('gift', { combo_id: 'c1' }, { id: 'bob' }));
  for (const data of [{}, { combo_id: 7 }, { combo_id: '' }, null, 'x']) assert.equal(combo('gift', data), undefined);
  assert.equal(combo('chat', { combo_id: 'c1' }), undefined);
});

test('restamped changes only the time of acceptance', () => {
  const accepted = acceptPublication({ room: 'live:1', type: 'gift', data: { note: '"ts":1}' }, id: 'g1', marks: { receipt: true } }, rules);
  const later = restamped(accepted, rules.now + 60_000);
  assert.equal(acceptedAt(later), rules.now + 60_000);
  assert.deepEqual({ ...JSON.parse(later.body), ts: 0 }, { ...JSON.parse(accepted.body), ts: 0 });
  assert.deepEqual({ ...later, body: '' }, { ...accepted, body: '' });
});

test('identified changes only the id, for any characters in it', () => {
  const accepted = acceptPublication({ room: 'r', type: 'chat', data: '{"id":"x"}', from: { id: 'ann' }, id: 'a"b', dedupeKey: 'ann 1' }, rules);
  const other = identified(accepted, '弹"c');
  assert.deepEqual(other, { ...accepted, id: '弹"c', body: other.body });
  assert.deepEqual(JSON.parse(other.body), { ...(JSON.parse(accepted.body) as object), id: '弹"c' });
  assert.deepEqual(identified(other, 'a"b'), accepted);
});
