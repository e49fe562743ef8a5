// Tests of viewer tokens: a valid token returns its claims; every other token is refused with the right code.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { DanmuxError, type ErrorCode } from '@danmux/protocol';
import { signViewerToken, verifyViewerToken } from '../src/viewer-token.ts';

const config = { token_secret: 's'.repeat(32), token_issuer: '', token_audience: '' };
const now = 1_700_000_000_000;
const seconds = now / 1_000;
const good = { sub: 'u1', exp: seconds + 60 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function forge(header: object, payload: unknown, hash: 'sha256' | 'sha512' | null = 'sha256', secret = config.token_secret): string {
  const signed = `${encode(header)}.${encode(payload)}`;
  return `${signed}.${hash ? createHmac(hash, secret).update(signed).digest('base64url') : ''}`;
}
const hs256 = { alg: 'HS256', typ: 'JWT' };

async function refuses(token: string, code: ErrorCode, rules = config) {
  await assert.rejects(verifyViewerToken(rules, token, now), (error) => {
    assert.ok(error instanceof DanmuxError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}

test('a signed token verifies, with its claims and expiry', async () => {
  const claims = { sub: 'u1', name: '小明', level: 3, roles: ['host'], rooms: ['live:*'], device: 'web' };
  const { token, expiresAt } = await signViewerToken(config, claims, 60, now);
  assert.equal(expiresAt, now + 60_000);
  const verified = await verifyViewerToken(config, token, now + 59_000);
  assert.deepEqual(verified, { ...claims, iat: seconds, exp: seconds + 60 });
});

test('a token signed elsewhere with the same secret verifies', async () => {
  assert.equal((await verifyViewerToken(config, forge(hs256, good), now)).sub, 'u1');
});

test('alg none is refused, with and without a signature', async () => {
  await refuses(forge({ alg: 'none' }, good, null), 'token_invalid');
  await refuses(forge({ alg: 'none' }, good), 'token_invalid');
  await refuses(forge({ alg: 'None' }, good), 'token_invalid');
});

test('another algorithm is refused even with the right secret', async () => {
  await refuses(forge({ alg: 'HS512' }, good, 'sha512', config.token_secret.repeat(2)), 'token_invalid');
  await refuses(forge({ alg: 'RS256' }, good), 'token_invalid');
});

test('a wrong secret, a changed claim or a truncated signature is refused', async () => {
  await refuses(forge(hs256, good, 'sha256', 'x'.repeat(32)), 'token_invalid');
  const [header, , signature] = forge(hs256, good).split('.');
  await refuses(`${header}.${encode({ ...good, sub: 'admin' })}.${signature}`, 'token_invalid');
  await refuses(`${header}.${encode(good)}.${signature?.slice(0, 20)}`, 'token_invalid');
});

test('a key embedded in the token is not used', async () => {
  const jwk = { kty: 'oct', k: Buffer.from('x'.repeat(32)).toString('base64url') };
  await refuses(forge({ ...hs256, jwk, jku: 'http://127.0.0.1/keys' }, good, 'sha256', 'x'.repeat(32)), 'token_invalid');
});

test('a token with a critical extension (crit) is refused', async () => {
  await refuses(forge({ ...hs256, crit: ['x'], x: 1 }, good), 'token_invalid');
});

test('a token is refused as expired from the second of its expiry', async () => {
  await refuses(forge(hs256, { sub: 'u1', exp: seconds }), 'token_expired');
  await refuses(forge(hs256, { sub: 'u1', exp: seconds - 1 }), 'token_expired');
});

test('an expired token with a wrong signature is refused as invalid', async () => {
  await refuses(forge(hs256, { sub: 'u1', exp: seconds - 1 }, 'sha256', 'x'.repeat(32)), 'token_invalid');
});

test('a token without exp or sub is refused', async () => {
  await refuses(forge(hs256, { sub: 'u1' }), 'token_invalid');
  await refuses(forge(hs256, { exp: seconds + 60 }), 'token_invalid');
  await refuses(forge(hs256, { ...good, exp: '9999999999' }), 'token_invalid');
});

test('a token that is not valid yet is refused', () => refuses(forge(hs256, { ...good, nbf: seconds + 30 }), 'token_invalid'));

test('a claim of the wrong type or length is refused', async () => {
  const wrong = [
    { sub: '' },
    { sub: 'x'.repeat(129) },
    { sub: 5 },
    { name: 5 },
    { name: 'x'.repeat(513) },
    { level: 1.5 },
    { roles: 'host' },
    { send: 'no' },
    { rooms: [1] },
    { rooms: 'live:*' },
    { device: {} },
  ];
  for (const claims of wrong) await refuses(forge(hs256, { ...good, ...claims }), 'token_invalid');
});

test('text that is not a token is refused', async () => {
  for (const token of ['', 'x', 'a.b.c', '...', `${forge(hs256, good)}.x`, forge(hs256, 'text'), forge(hs256, null), forge(hs256, [])])
    await refuses(token, 'token_invalid');
});

test('configured issuer and audience are signed and required', async () => {
  const strict = { ...config, token_issuer: 'shop', token_audience: 'danmux' };
  await refuses(forge(hs256, good), 'token_invalid', strict);
  await refuses(forge(hs256, { ...good, iss: 'shop', aud: 'other' }), 'token_invalid', strict);
  await refuses(forge(hs256, { ...good, iss: 'other', aud: 'danmux' }), 'token_invalid', strict);
  const { token } = await signViewerToken(strict, { sub: 'u1' }, 60, now);
  assert.equal((await verifyViewerToken(strict, token, now)).sub, 'u1');
});

test('a lone surrogate in a claim becomes U+FFFD', async () => {
  const claims = await verifyViewerToken(config, forge(hs256, { ...good, sub: 'u\ud83d', name: '\ude00Ann', roles: ['\ud83d'] }), now);
  assert.deepEqual([claims.sub, claims.name, claims.roles], ['u\ufffd', '\ufffdAnn', ['\ufffd']]);
});
