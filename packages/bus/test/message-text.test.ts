// Replacing a field in a message's text gives the JSON one expects, and leaves all other bytes unchanged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addresseeOf, encodeBody, isMessage, tombstone, tsOf, withId, withOffset, withTs } from '../src/message-text.ts';

const fields = { id: 'a"1', type: 'chat', from: { id: 'ann' }, data: '{"n":9007199254740993,"to":"x"}', marks: undefined, ts: 1_700 };

test('a body has its fields in the documented order, and data keeps its digits', () => {
  const marks = { to: 'bob', receipt: true, expires_at: 9 } as const;
  assert.equal(
    encodeBody({ ...fields, marks }),
    '{"id":"a\\"1","type":"chat","from":{"id":"ann"},"data":{"n":9007199254740993,"to":"x"},"to":"bob","receipt":true,"expires_at":9,"ts":1700}',
  );
});

test('withOffset puts lane and offset in front; without an offset only the lane', () => {
  const body = encodeBody(fields);
  assert.equal(withOffset('gift', 7, body), `{"lane":"gift","offset":7,${body.slice(1)}`);
  assert.equal(withOffset('ambient', undefined, body), `{"lane":"ambient",${body.slice(1)}`);
});

test('id and ts are read and replaced correctly for any content of the other fields', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.jsonValue(), fc.nat(), (id, other, data, ts) => {
      const body = encodeBody({ ...fields, id, data: JSON.stringify(data) });
      assert.equal(tsOf(body), 1_700);
      assert.equal(withTs(body, ts), encodeBody({ ...fields, id, data: JSON.stringify(data), ts }));
      assert.equal(withId(body, id, other), encodeBody({ ...fields, id: other, data: JSON.stringify(data) }));
      assert.ok(isMessage(withOffset('chat', 3, body), 'chat', 3, id), body);
      assert.ok(!isMessage(withOffset('chat', 3, body), 'chat', 4, id), body);
    }),
  );
});

test('addresseeOf returns the recipient, never a field of the data', () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (to, data) => {
      const text = JSON.stringify({ to: 'mallory', data, more: ',"to":"mallory"' });
      assert.equal(addresseeOf(withOffset('gift', 1, encodeBody({ ...fields, data: text, marks: { to, receipt: true } }))), to);
    }),
  );
  assert.equal(addresseeOf(tombstone('gift', 1, 'g', 1)), undefined);
});

test('a tombstone has the lane, offset and id of its message, and no data', () => {
  const text = tombstone('gift', 5, 'g"1', 9);
  assert.deepEqual(JSON.parse(text), { lane: 'gift', offset: 5, id: 'g"1', type: 'recalled', data: null, ts: 9 });
  assert.ok(isMessage(text, 'gift', 5, 'g"1'), text);
});
