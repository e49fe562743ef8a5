// Tests of the claims of a viewer token: accepted forms, times with leeway, and refusals that name the claim.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, type ErrorCode } from '@danmux/protocol';
import { claimsOf } from '../src/token-claims.ts';

const rules = { token_issuer: '', token_audience: '', token_leeway_s: 10, token_max_ttl_s: 86_400 };
const seconds = 1_767_225_600;
const now = seconds * 1_000;
const good = { sub: 'u1', exp: seconds + 60 };

const read = (claims: object, more: Partial<typeof rules> = {}) => claimsOf({ ...good, ...claims }, { ...rules, ...more }, now);

/** The refusal of these claims; its message must name `claim`. */
function refusal(claims: object, code: ErrorCode, claim = '', more: Partial<typeof rules> = {}): DanmuxError {
  try {
    read(claims, more);
  } catch (error) {
    assert.ok(error instanceof DanmuxError, String(error));
    assert.equal(error.code, code, JSON.stringify(claims));
    assert.match(error.message, new RegExp(`\\b${claim}\\b`), JSON.stringify(claims));
    return error;
  }
  return assert.fail(`${JSON.stringify(claims)} was accepted`);
}

test('integers become text: ids of a database are numbers', () => {
  assert.deepEqual(read({ sub: 42, name: 7, device: 3, session: 9, roles: [1, 'mod'], rooms: [1001] }), {
    ...good,
    ...{ sub: '42', name: '7', device: '3', session: '9', roles: ['1', 'mod'], rooms: ['1001'] },
  });
  assert.equal(read({ sub: 0 }).sub, '0');
});

test('an id that lost digits in JSON, a fraction or another type is refused and named', () => {
  for (const sub of [JSON.parse('7203456789012345678'), 1.5, 1e21, true, {}, ['u1']]) refusal({ sub }, 'token_claim_invalid', 'sub');
  refusal({ name: JSON.parse('1e400') }, 'token_claim_invalid', 'name');
  refusal({ rooms: [JSON.parse('1e400')] }, 'token_claim_invalid', 'rooms');
});

test('null counts as absent, in every claim', () => {
  const nothing = { name: null, avatar: null, level: null, roles: null, rooms: null, device: null, session: null, own: null, send: null, nbf: null, iat: null };
  assert.deepEqual(read({ ...nothing, iss: null, aud: null }), good);
  refusal({ sub: null }, 'token_claim_invalid', 'sub');
  refusal({ exp: null }, 'token_claim_invalid', 'exp');
});

test('one role or room as text is a list of one', () => {
  assert.deepEqual(read({ roles: 'vip', rooms: 'live:*' }), { ...good, roles: ['vip'], rooms: ['live:*'] });
});

test('an empty list of rooms stays a list: the token may join none, not all', () => assert.deepEqual(read({ rooms: [] }).rooms, []));

test('a claim of the wrong type or length is refused and named', () => {
  const wrong = {
    name: 'x'.repeat(513),
    avatar: {},
    level: 1.5,
    roles: [null],
    rooms: [{}],
    device: {},
    session: [],
    own: 'no',
    send: 0,
    iss: true,
    sub: 'x'.repeat(129),
  };
  for (const [claim, value] of Object.entries(wrong)) refusal({ [claim]: value }, 'token_claim_invalid', claim);
  refusal({ sub: '' }, 'token_claim_invalid', 'sub');
  refusal({ level: '5' }, 'token_claim_invalid', 'level');
});

test('nbf and exp are checked with the leeway', () => {
  read({ nbf: seconds + 1 });
  read({ nbf: seconds + 10 });
  read({ exp: seconds - 9 });
  const early = refusal({ nbf: seconds + 30 }, 'token_not_yet_valid', 'nbf');
  assert.equal(early.retryAfterMs, 20_000);
  refusal({ exp: seconds - 10 }, 'token_expired');
  refusal({ nbf: seconds + 1 }, 'token_not_yet_valid', 'nbf', { token_leeway_s: 0 });
  refusal({ exp: seconds }, 'token_expired', '', { token_leeway_s: 0 });
});

test('a fraction of a second is a time, as Python programs send it', () => assert.equal(read({ exp: seconds + 60.25 }).exp, seconds + 60.25));

test('exp is at most viewer.token_max_ttl_s ahead; milliseconds and huge numbers are refused', () => {
  read({ exp: seconds + 86_400 + 10 });
  refusal({ exp: seconds + 86_411 }, 'token_claim_invalid', 'exp');
  refusal({ exp: seconds + 71 }, 'token_claim_invalid', 'exp', { token_max_ttl_s: 60 });
  const inMs = refusal({ exp: now + 60_000 }, 'token_claim_invalid', 'exp');
  assert.match(inMs.message, /milliseconds/);
  for (const exp of [1e20, JSON.parse('1e400'), '9999999999', `${seconds}`, true, [seconds]]) refusal({ exp }, 'token_claim_invalid', 'exp');
  refusal({ nbf: now }, 'token_claim_invalid', 'nbf');
});

test('configured issuer and audience are required', () => {
  const strict = { token_issuer: 'shop', token_audience: 'danmux' };
  refusal({ aud: 'danmux' }, 'token_claim_invalid', 'iss', strict);
  refusal({ iss: 'other', aud: 'danmux' }, 'token_claim_invalid', 'iss', strict);
  refusal({ iss: 'shop' }, 'token_claim_invalid', 'aud', strict);
  refusal({ iss: 'shop', aud: ['other'] }, 'token_claim_invalid', 'aud', strict);
  assert.equal(read({ iss: 'shop', aud: ['other', 'danmux'] }, strict).iss, 'shop');
});

test('a lone surrogate in a claim becomes U+FFFD', () => {
  const claims = read({ sub: 'u\ud83d', name: '\ude00Ann', roles: ['\ud83d'] });
  assert.deepEqual([claims.sub, claims.name, claims.roles], ['u\ufffd', '\ufffdAnn', ['\ufffd']]);
});
