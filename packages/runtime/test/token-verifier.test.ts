// Tests of public keys for viewer tokens: a key verifies its own algorithm and nothing else, whatever a token's header claims.
import assert from 'node:assert/strict';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { testRuntime } from '@danmux/testkit/unit';
import { type JWTHeaderParameters, SignJWT } from 'jose';
import { TokenVerifier } from '../src/token-verifier.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ed = generateKeyPairSync('ed25519');
const other = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;

const pemOf = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const jwkOf = (key: KeyObject) => key.export({ format: 'jwk' });
const sign = (key: KeyObject | Uint8Array, header: JWTHeaderParameters) =>
  new SignJWT({ sub: 'u1', exp: Math.floor(Date.now() / 1_000) + 60 }).setProtectedHeader(header).sign(key);

type Owner = Parameters<typeof testRuntime>[0];
const verifierWith = (t: Owner, keys: readonly object[], set: object = {}) => new TokenVerifier(testRuntime(t, { 'viewer.token_keys': keys, ...set }));

async function codeOf(verifier: TokenVerifier, token: string): Promise<string> {
  try {
    return (await verifier.verify(token)).sub;
  } catch (error) {
    assert.ok(error instanceof DanmuxError, String(error));
    return error.code;
  }
}

test('a key as PEM or JWK verifies tokens of its algorithm', async (t) => {
  for (const [alg, { publicKey, privateKey }] of [...rsaAlgorithms.map((alg) => [alg, rsa] as const), ['ES256', ec] as const, ['EdDSA', ed] as const]) {
    const token = await sign(privateKey, { alg });
    assert.equal(await codeOf(verifierWith(t, [{ alg, pem: pemOf(publicKey) }]), token), 'u1', alg);
    assert.equal(await codeOf(verifierWith(t, [{ alg, jwk: jwkOf(publicKey) }]), token), 'u1', alg);
  }
});

test('a key verifies only its own algorithm, also where another fits the same key', async (t) => {
  for (const alg of rsaAlgorithms) {
    const verifier = verifierWith(t, [{ alg, pem: pemOf(rsa.publicKey) }]);
    for (const signed of rsaAlgorithms) {
      const expected = signed === alg ? 'u1' : 'token_algorithm_refused';
      assert.equal(await codeOf(verifier, await sign(rsa.privateKey, { alg: signed })), expected, `${signed} with a key for ${alg}`);
    }
  }
});

test('a token signed with a public key as the secret is refused', async (t) => {
  const pem = pemOf(rsa.publicKey);
  const verifier = verifierWith(t, [{ alg: 'RS256', kid: 'k1', pem }]);
  const secrets = [pem, pem.trim(), rsa.publicKey.export({ type: 'spki', format: 'der' }), JSON.stringify(jwkOf(rsa.publicKey)), jwkOf(rsa.publicKey).n ?? ''];
  for (const secret of secrets)
    for (const alg of ['HS256', 'HS384', 'HS512'])
      assert.equal(await codeOf(verifier, await sign(Buffer.from(secret), { alg, kid: 'k1' })), 'token_signature_invalid', alg);
  const token = await sign(rsa.privateKey, { alg: 'RS256', kid: 'k1' });
  const [, payload] = token.split('.');
  for (const alg of ['none', 'None', 'NONE']) {
    const header = Buffer.from(JSON.stringify({ alg, kid: 'k1' })).toString('base64url');
    assert.equal(await codeOf(verifier, `${header}.${payload}.`), 'token_algorithm_refused');
  }
});

test('a key in the header of a token is ignored', async (t) => {
  const verifier = verifierWith(t, [{ alg: 'RS256', pem: pemOf(rsa.publicKey) }]);
  const jwk = { ...jwkOf(other.publicKey), alg: 'RS256' };
  const forged = { alg: 'RS256', jwk, jku: 'https://127.0.0.1:9/keys', x5u: 'https://127.0.0.1:9/cert' } as unknown as JWTHeaderParameters;
  assert.equal(await codeOf(verifier, await sign(other.privateKey, forged)), 'token_signature_invalid');
  assert.equal(await codeOf(verifier, await sign(rsa.privateKey, forged)), 'u1');
});

test('kid selects among the keys; a key without kid serves every token of its algorithm', async (t) => {
  const named = [
    { alg: 'RS256', kid: 'old', pem: pemOf(rsa.publicKey) },
    { alg: 'RS256', kid: 'new', pem: pemOf(other.publicKey) },
  ];
  const verifier = verifierWith(t, named);
  assert.equal(await codeOf(verifier, await sign(other.privateKey, { alg: 'RS256', kid: 'new' })), 'u1');
  assert.equal(await codeOf(verifier, await sign(other.privateKey, { alg: 'RS256' })), 'u1');
  assert.equal(await codeOf(verifier, await sign(other.privateKey, { alg: 'RS256', kid: 'old' })), 'token_signature_invalid');
  for (const kid of ['constructor', '__proto__', '0', ''])
    assert.equal(await codeOf(verifier, await sign(other.privateKey, { alg: 'RS256', kid })), 'token_key_unknown');
  const any = verifierWith(t, [{ alg: 'RS256', pem: pemOf(rsa.publicKey) }]);
  assert.equal(await codeOf(any, await sign(rsa.privateKey, { alg: 'RS256', kid: 'whatever' })), 'u1');
});

test('tokens signed with viewer.token_secret verify beside the keys, with any kid', async (t) => {
  const verifier = verifierWith(t, [{ alg: 'RS256', pem: pemOf(rsa.publicKey) }]);
  assert.equal(await codeOf(verifier, await sign(Buffer.from('s'.repeat(32)), { alg: 'HS256', kid: 'any' })), 'u1');
});

test('claims of a token with a public key are checked like all others', async (t) => {
  const verifier = verifierWith(t, [{ alg: 'ES256', pem: pemOf(ec.publicKey) }], { 'viewer.token_audience': 'danmux' });
  assert.equal(await codeOf(verifier, await sign(ec.privateKey, { alg: 'ES256' })), 'token_claim_invalid');
});

test('a key that cannot verify its algorithm stops the start, and the error names the row', (t) => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const privatePem = rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const cases: [object, RegExp][] = [
    [{ alg: 'RS256', pem: pemOf(short.publicKey) }, /1024 bits/],
    [{ alg: 'PS256', jwk: jwkOf(short.publicKey) }, /1024 bits/],
    [{ alg: 'RS256', pem: privatePem }, /private key/],
    [{ alg: 'RS256', jwk: jwkOf(rsa.privateKey) }, /private/],
    [{ alg: 'RS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }, /symmetric/],
    [{ alg: 'RS256', jwk: { ...jwkOf(rsa.publicKey), alg: 'PS256' } }, /PS256/],
    [{ alg: 'RS256', jwk: { ...jwkOf(rsa.publicKey), use: 'enc' } }, /use/],
    [{ alg: 'RS256', pem: pemOf(ec.publicKey) }, /rsa/],
    [{ alg: 'ES256', pem: pemOf(p384.publicKey) }, /P-256/],
    [{ alg: 'EdDSA', pem: pemOf(generateKeyPairSync('ed448').publicKey) }, /ed25519/],
    [{ alg: 'EdDSA' }, /exactly one of pem and jwk/],
    [{ alg: 'EdDSA', pem: pemOf(ed.publicKey), jwk: jwkOf(ed.publicKey) }, /exactly one of pem and jwk/],
    [{ alg: 'RS256', pem: 'nonsense' }, /./],
  ];
  for (const [row, why] of cases)
    assert.throws(() => verifierWith(t, [{ alg: 'ES256', pem: pemOf(ec.publicKey) }, row]), {
      code: 'config_invalid',
      message: new RegExp(`token_keys\\.1.*${why.source}`, 's'),
    });
  assert.throws(() => verifierWith(t, [{ alg: 'HS256', jwk: { kty: 'oct', k: 'c2VjcmV0' } }]), /alg/);
});
