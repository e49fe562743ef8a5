// Tests of the publish schemas without a server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { batchReply, batchRequest, broadcastRequest, publishReply, publishRequest } from '../../src/admin/messages.ts';
import { problem } from '../../src/admin/problem.ts';
import { limits } from '../../src/limits.ts';

const gift = { type: 'gift', data: { name: 'rocket' } };

test('a publication needs type and data, and may carry from and id', () => {
  assert.equal(Value.Check(publishRequest, gift), true);
  assert.equal(Value.Check(publishRequest, { ...gift, id: 'o-1', from: { id: 'u1', name: 'Ann', vip: true } }), true);
  assert.equal(Value.Check(publishRequest, { type: 'gift' }), false);
  assert.equal(Value.Check(publishRequest, { data: {} }), false);
  assert.equal(Value.Check(publishRequest, { ...gift, room: 'a' }), false, 'the room stands in the path');
});

test('a message id is 1 to 64 printable characters', () => {
  for (const id of ['', 'a b', '礼物', 'x'.repeat(limits.id + 1), 5]) assert.equal(Value.Check(publishRequest, { ...gift, id }), false, String(id));
});

test('a sender without an id is refused', () => {
  assert.equal(Value.Check(publishRequest, { ...gift, from: { name: 'Ann' } }), false);
  assert.equal(Value.Check(publishRequest, { ...gift, from: 'u1' }), false);
});

test('a message may request a receipt, a delay of at most 30 days, and an expiry', () => {
  assert.equal(Value.Check(publishRequest, { ...gift, receipt: true, delay_ms: 2_592_000_000, expires_at: 1 }), true);
  for (const bad of [{ receipt: 1 }, { delay_ms: -1 }, { delay_ms: 2_592_000_001 }, { delay_ms: 1.5 }, { expires_at: -1 }, { expires_at: '1' }])
    assert.equal(Value.Check(publishRequest, { ...gift, ...bad }), false, JSON.stringify(bad));
});

test('a batch holds 1 to 1000 messages, each with its room', () => {
  const row = { room: 'live:1', ...gift };
  assert.equal(Value.Check(batchRequest, { messages: [row] }), true);
  assert.equal(Value.Check(batchRequest, { messages: [] }), false);
  assert.equal(Value.Check(batchRequest, { messages: [gift] }), false);
  assert.equal(Value.Check(batchRequest, { messages: new Array(limits.batch + 1).fill(row) }), false);
});

test('a broadcast names rooms and prefixes, or all rooms', () => {
  for (const rooms of ['*', ['a'], ['live:*', 'a'], ['*']]) assert.equal(Value.Check(broadcastRequest, { rooms, ...gift }), true, JSON.stringify(rooms));
  for (const rooms of ['a', [], [''], [5], new Array(101).fill('a'), undefined])
    assert.equal(Value.Check(broadcastRequest, { rooms, ...gift }), false, JSON.stringify(rooms));
});

test('the documented replies match their schemas', () => {
  const accepted = { id: '1', room: 'a', lane: 'gift' };
  const refused = { type: 'about:blank', title: 'x', status: 400, code: 'invalid_room', detail: 'x' };
  assert.equal(Value.Check(publishReply, accepted), true);
  assert.equal(Value.Check(publishReply, { ...accepted, job: 'publish-1' }), true);
  assert.equal(Value.Check(problem, refused), true);
  assert.equal(Value.Check(batchReply, { results: [{ status: 202, ...accepted }, refused] }), true);
  assert.equal(Value.Check(publishReply, { ...accepted, lane: 'express' }), false);
});
