// Tests of viewer tokens: a valid token returns its claims; every other token is refused with the right code.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { DanmuxError, type ErrorCode } from '@danmux/protocol';
import { signViewerToken, verifyViewerToken } from '../src/viewer-token.ts';

const config = { token_secret: 's'.repeat(32), token_issuer: '', token_audience: '', token_leeway_s: 10, token_max_ttl_s: 86_400 };
const now = 1_700_000_000_000;
const seconds = now / 1_000;
const good = { sub: 'u1', exp: seconds + 60 };

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
function forge(header: object, payload: unknown, hash: 'sha256' | 'sha384' | 'sha512' | null = 'sha256', secret = config.token_secret): string {
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
  for (const alg of ['none', 'None', '', 5, ['HS256'], undefined]) {
    await refuses(forge({ alg }, good, null), 'token_algorithm_refused');
    await refuses(forge({ alg }, good), 'token_algorithm_refused');
  }
});

test('HS384 and HS512, which jjwt chooses for long secrets, verify like HS256', async () => {
  for (const [alg, hash] of [
    ['HS384', 'sha384'],
    ['HS512', 'sha512'],
  ] as const) {
    const rules = { ...config, token_secret: 'l'.repeat(64) };
    assert.equal((await verifyViewerToken(rules, forge({ alg }, good, hash, rules.token_secret), now)).sub, 'u1');
    // The header must name the algorithm that signed.
    await refuses(forge({ alg }, good, 'sha256', rules.token_secret), 'token_signature_invalid', rules);
    await refuses(forge({ alg }, good, hash), 'token_signature_invalid', rules);
  }
});

test('another algorithm is refused even with the right secret', async () => {
  for (const alg of ['RS256', 'ES256', 'EdDSA', 'HS224', 'hs256', 'dir']) await refuses(forge({ alg }, good), 'token_algorithm_refused');
});

test('a wrong secret, a changed claim or a truncated signature is refused', async () => {
  await refuses(forge(hs256, good, 'sha256', 'x'.repeat(32)), 'token_signature_invalid');
  const [header, , signature] = forge(hs256, good).split('.');
  await refuses(`${header}.${encode({ ...good, sub: 'admin' })}.${signature}`, 'token_signature_invalid');
  await refuses(`${header}.${encode(good)}.${signature?.slice(0, 20)}`, 'token_signature_invalid');
});

test('a key embedded in the token is not used', async () => {
  const jwk = { kty: 'oct', k: Buffer.from('x'.repeat(32)).toString('base64url') };
  await refuses(forge({ ...hs256, jwk, jku: 'http://127.0.0.1/keys' }, good, 'sha256', 'x'.repeat(32)), 'token_signature_invalid');
});

test('a token with a critical extension (crit) or an unencoded content (b64) is refused', async () => {
  await refuses(forge({ ...hs256, crit: ['x'], x: 1 }, good), 'token_invalid');
  await refuses(forge({ ...hs256, crit: ['b64'], b64: false }, good), 'token_invalid');
  await refuses(forge({ ...hs256, crit: null }, good), 'token_invalid');
});

test('an expired token with a wrong signature is refused for its signature', async () => {
  await refuses(forge(hs256, { sub: 'u1', exp: seconds - 1 }, 'sha256', 'x'.repeat(32)), 'token_signature_invalid');
});

test('text that is not a token is refused', async () => {
  for (const token of ['', 'x', 'a.b.c', '...', `${encode([])}.${encode(good)}.x`, forge(hs256, 'text'), forge(hs256, null), forge(hs256, [])])
    await refuses(token, 'token_invalid');
  await refuses(`${forge(hs256, good)}.x`, 'token_invalid');
});

test('configured issuer and audience are signed', async () => {
  const strict = { ...config, token_issuer: 'shop', token_audience: 'danmux' };
  const { token } = await signViewerToken(strict, { sub: 'u1' }, 60, now);
  assert.equal((await verifyViewerToken(strict, token, now)).sub, 'u1');
  await refuses(forge(hs256, good), 'token_claim_invalid', strict);
});

test('an expired token gets its own code, after the leeway', async () => {
  await refuses(forge(hs256, { sub: 'u1', exp: seconds - 10 }), 'token_expired');
  assert.equal((await verifyViewerToken(config, forge(hs256, { sub: 'u1', exp: seconds - 9 }), now)).sub, 'u1');
});
