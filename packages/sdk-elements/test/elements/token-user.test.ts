// Reading the user from a viewer token.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { userOf } from '../../src/elements/token-user.ts';

const tokenOf = (claims: unknown) => `h.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;

test('a token gives its sub, name, level and roles, also in Chinese', () => {
  assert.deepEqual(userOf(tokenOf({ sub: '小明?>~', name: '小明', level: 3, roles: ['vip', 5] })), { id: '小明?>~', name: '小明', level: 3, roles: ['vip'] });
  assert.deepEqual(userOf(tokenOf({ sub: 'u', level: 'x', roles: 'vip' })), { id: 'u', level: 0, roles: [] });
});

test('a malformed token gives no user', () => {
  for (const token of ['', 'a', 'a.b.c', 'a.!!.c', tokenOf(null), tokenOf([]), tokenOf({ sub: 5 })]) assert.equal(userOf(token), undefined, token);
});
