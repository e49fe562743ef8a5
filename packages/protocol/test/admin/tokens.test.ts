// Tests of the schema of a token request.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { tokenRequest } from '../../src/admin/tokens.ts';

test('a token request names its user and has a TTL of at most one day', () => {
  assert.equal(Value.Check(tokenRequest, { sub: 'u1' }), true);
  assert.equal(Value.Check(tokenRequest, { sub: 'u1', rooms: ['live:*'], roles: ['host'], level: 3, ttl_s: 86_400 }), true);
  for (const bad of [{}, { sub: '' }, { sub: 'u', ttl_s: 0 }, { sub: 'u', ttl_s: 86_401 }, { sub: 'u', exp: 5 }, { sub: 'u', level: '3' }])
    assert.equal(Value.Check(tokenRequest, bad), false, JSON.stringify(bad));
});
