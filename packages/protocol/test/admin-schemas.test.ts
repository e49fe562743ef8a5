// What the admin API lets in and gives out, checked without a server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { batchReply, batchRequest, historyQuery, problem, publishReply, publishRequest, statsReply, tokenRequest } from '../src/admin-schemas.ts';
import { limits } from '../src/limits.ts';

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

test('a sender without an id is none', () => {
  assert.equal(Value.Check(publishRequest, { ...gift, from: { name: 'Ann' } }), false);
  assert.equal(Value.Check(publishRequest, { ...gift, from: 'u1' }), false);
});

test('a batch holds 1 to 1000 messages, each with its room', () => {
  const row = { room: 'live:1', ...gift };
  assert.equal(Value.Check(batchRequest, { messages: [row] }), true);
  assert.equal(Value.Check(batchRequest, { messages: [] }), false);
  assert.equal(Value.Check(batchRequest, { messages: [gift] }), false);
  assert.equal(Value.Check(batchRequest, { messages: new Array(limits.batch + 1).fill(row) }), false);
});

test('the answers of the design fit their schemas', () => {
  const accepted = { id: '1', room: 'a', lane: 'gift' };
  const refused = { type: 'about:blank', title: 'x', status: 400, code: 'invalid_room', detail: 'x' };
  assert.equal(Value.Check(publishReply, accepted), true);
  assert.equal(Value.Check(problem, refused), true);
  assert.equal(Value.Check(batchReply, { results: [{ status: 202, ...accepted }, refused] }), true);
  assert.equal(Value.Check(publishReply, { ...accepted, lane: 'express' }), false);
  const nodes = [{ id: 'n', role: 'edge', address: '', version: '0', load: 0.5 }];
  assert.equal(Value.Check(statsReply, { rooms: 1, online: 2, accepted: { gift: 1 }, sequenced: {}, shed: { chat: { ingress_full: 3 } }, nodes }), true);
});

test('a token request names its user and lasts a day at most', () => {
  assert.equal(Value.Check(tokenRequest, { sub: 'u1' }), true);
  assert.equal(Value.Check(tokenRequest, { sub: 'u1', rooms: ['live:*'], roles: ['host'], level: 3, ttl_s: 86_400 }), true);
  for (const bad of [{}, { sub: '' }, { sub: 'u', ttl_s: 0 }, { sub: 'u', ttl_s: 86_401 }, { sub: 'u', exp: 5 }, { sub: 'u', level: '3' }])
    assert.equal(Value.Check(tokenRequest, bad), false, JSON.stringify(bad));
});

test('a history query is text, as a URL gives it', () => {
  assert.equal(Value.Check(historyQuery, { lane: 'gift', before: '10', limit: '50' }), true);
  for (const bad of [{ lane: 'ambient' }, { before: '0' }, { before: '-1' }, { limit: '1e3' }, { limit: '0' }, { after: '1' }])
    assert.equal(Value.Check(historyQuery, bad), false, JSON.stringify(bad));
});
