// What a message is weighed by, and the one field it travels in.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeWeight, encodeWeight, weightOf } from '../../src/message/weight.ts';

const roles = { moderator: 500, vip: 100 };

test('level and roles add up; what is no level counts nothing', () => {
  const rank = (from: object) => weightOf({ id: 'ann', ...from }, '1', roles).rank;
  assert.equal(rank({}), 0);
  assert.equal(rank({ level: 7 }), 7);
  assert.equal(rank({ level: 7, roles: ['vip', 'moderator', 'unknown'] }), 607);
  assert.equal(rank({ level: Number.NaN, roles: 'vip' }), 0);
  assert.deepEqual(weightOf(undefined, '1', roles).sender, '');
});

test('the same text has the same content, another one has not', () => {
  const content = (data: unknown) => weightOf(undefined, JSON.stringify(data), {}).content;
  assert.equal(content({ text: '666' }), content({ text: '666' }));
  assert.notEqual(content({ text: '666' }), content({ text: '667' }));
});

test('it comes out as it went in, whatever the sender is called', () => {
  for (const sender of ['ann', '', 'a b c', ' x', '弹幕\n2', "'"]) {
    const weight = { sender, rank: 12.5, content: 4_294_967_295 };
    assert.deepEqual(decodeWeight(encodeWeight(weight)), weight);
  }
});
