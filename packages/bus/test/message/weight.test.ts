// The weight of a message, and its encoding as one field.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWeight, encodeWeight, weightOf } from '../../src/message/weight.ts';

const roles = { moderator: 500, vip: 100 };

test('the rank is the sum of level and roles; an invalid level adds 0', () => {
  const rank = (from: object) => weightOf({ id: 'ann', ...from }, '1', roles).rank;
  assert.equal(rank({}), 0);
  assert.equal(rank({ level: 7 }), 7);
  assert.equal(rank({ level: 7, roles: ['vip', 'moderator', 'unknown'] }), 607);
  assert.equal(rank({ level: Number.NaN, roles: 'vip' }), 0);
  assert.deepEqual(weightOf(undefined, '1', roles).sender, '');
});

test('equal data has an equal content hash, other data another one', () => {
  const content = (data: unknown) => weightOf(undefined, JSON.stringify(data), {}).content;
  assert.equal(content({ text: '666' }), content({ text: '666' }));
  assert.notEqual(content({ text: '666' }), content({ text: '667' }));
});

test('a weight is the same after encoding and decoding, for any sender id', () => {
  for (const sender of ['ann', '', 'a b c', ' x', '弹幕\n2', "'"]) {
    const weight = { sender, rank: 12.5, content: 4_294_967_295 };
    assert.deepEqual(decodeWeight(encodeWeight(weight)), weight);
  }
});
