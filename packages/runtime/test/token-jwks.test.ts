// Tests of viewer.token_jwks_url against a real https server with a CA of its own: caching, the limit of requests, outages and refusals.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { testConfig, testRuntime } from '@danmux/testkit/unit';
import { SignJWT } from 'jose';
import { TokenVerifier } from '../src/token-verifier.ts';

const first = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const second = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const minuteMs = 60_000;

let ca: string;
let server: Server;
let url: string;
let requests: IncomingMessage[] = [];
let answer: (response: ServerResponse) => void;
/** Milliseconds of the verifier's clock. */
let now: number;

before(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'danmux-jwks-'));
  const file = (name: string) => join(dir, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', file('key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject, '-out', file('cert.pem')], { stdio: 'ignore' });
  ca = readFileSync(file('cert.pem'), 'utf8');
  server = createServer({ key: readFileSync(file('key.pem')), cert: ca }, (request, response) => {
    requests.push(request);
    answer(response);
  });
  rmSync(dir, { recursive: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}/keys?tenant=1`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  requests = [];
  now = 1_000_000;
  answer = publish([jwk(first.publicKey, { kid: 'k1', alg: 'RS256' })]);
});

const jwk = (key: KeyObject, more: object) => ({ ...key.export({ format: 'jwk' }), ...more });
const publish = (keys: readonly object[]) => (response: ServerResponse) => void response.end(JSON.stringify({ keys }));
const sign = (key: KeyObject, alg: string, kid?: string) =>
  new SignJWT({ sub: 'u1', exp: Math.floor(Date.now() / 1_000) + 60 }).setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) }).sign(key);

const local = { 'webhooks.allow_addresses': ['127.0.0.0/8', '::1/128'] };
function verifierOf(t: TestContext, set: object = {}, trust: { ca?: string } = { ca }): TokenVerifier {
  return new TokenVerifier(testRuntime(t, { 'viewer.token_jwks_url': url, ...local, ...set }), { monotonic: () => now, ...trust });
}
async function codeOf(verifier: TokenVerifier, token: Promise<string>): Promise<string> {
  try {
    return (await verifier.verify(await token)).sub;
  } catch (error) {
    assert.ok(error instanceof DanmuxError, String(error));
    return error.code;
  }
}

test('a token verifies with a key of the set; one request serves ten minutes', async (t) => {
  const verifier = verifierOf(t);
  await Promise.all(Array.from({ length: 20 }, async () => assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'u1')));
  assert.deepEqual([requests.length, requests[0]?.url], [1, '/keys?tenant=1']);
  now += 10 * minuteMs - 1;
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'u1');
  assert.equal(requests.length, 1);
  now += 1;
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256')), 'u1');
  assert.equal(requests.length, 2);
});

test('a removed key is refused and an added one accepted after ten minutes at the latest', async (t) => {
  const verifier = verifierOf(t);
  await verifier.start();
  answer = publish([jwk(second.publicKey, { kid: 'k2' })]);
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'u1');
  now += 10 * minuteMs;
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'token_key_unknown');
  assert.equal(await codeOf(verifier, sign(second.privateKey, 'ES256', 'k2')), 'u1');
});

test('however many unknown kids arrive, one request starts in 30 s; a new key is found then', async (t) => {
  const verifier = verifierOf(t);
  await verifier.start();
  const tokens = await Promise.all(Array.from({ length: 200 }, (_, i) => sign(first.privateKey, 'RS256', `unknown-${i}`)));
  // The tokens arrive after the set was read, so that it cannot tell whether their keys are new.
  now += 1;
  for (const token of tokens) assert.equal(await codeOf(verifier, Promise.resolve(token)), 'unavailable');
  assert.equal(requests.length, 1);
  answer = publish([jwk(first.publicKey, { kid: 'k1' }), jwk(second.publicKey, { kid: 'k2', alg: 'ES256' })]);
  now += 30_000;
  assert.equal(await codeOf(verifier, sign(second.privateKey, 'ES256', 'k2')), 'u1');
  now += 1;
  const codes = await Promise.all(tokens.map((token) => codeOf(verifier, Promise.resolve(token))));
  assert.deepEqual([requests.length, new Set(codes)], [2, new Set(['unavailable'])]);
  now += 30_000;
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'unknown')), 'token_key_unknown');
});

test('while the URL fails, the last keys stay in use for an hour', async (t) => {
  const verifier = verifierOf(t);
  await verifier.start();
  answer = (response) => void response.writeHead(503).end();
  for (let minute = 0; minute < 59; minute += 10) {
    now = 1_000_000 + minute * minuteMs;
    assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'u1', `minute ${minute}`);
  }
  now = 1_000_000 + 60 * minuteMs;
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'unavailable');
  answer = publish([jwk(first.publicKey, { kid: 'k1' })]);
  now += 30_000;
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', 'k1')), 'u1');
});

test('redirects, errors, large and malformed answers are not used', async (t) => {
  const keys = JSON.stringify({ keys: [jwk(first.publicKey, { kid: 'k1' })] });
  const bad: [string, (response: ServerResponse) => void][] = [
    ['redirect', (response) => void response.writeHead(302, { location: url }).end()],
    ['404', (response) => void response.writeHead(404).end(keys)],
    ['206', (response) => void response.writeHead(206).end(keys)],
    ['large', (response) => void response.end(keys + ' '.repeat(65_536))],
    ['no JSON', (response) => void response.end('<html>')],
    ['no set', (response) => void response.end('[]')],
    ['null', (response) => void response.end('null')],
    ['cut off', (response) => void response.socket?.destroy()],
  ];
  for (const [name, reply] of bad) {
    requests = [];
    answer = reply;
    assert.equal(await codeOf(verifierOf(t), sign(first.privateKey, 'RS256', 'k1')), 'unavailable', name);
    assert.equal(requests.length, 1, name);
  }
});

test('an answer that takes longer than 2 s is given up', { timeout: 10_000 }, async (t) => {
  answer = (response) => void response.write('{"keys":[');
  const before = performance.now();
  assert.equal(await codeOf(verifierOf(t), sign(first.privateKey, 'RS256', 'k1')), 'unavailable');
  const took = performance.now() - before;
  assert.ok(took > 1_900 && took < 6_000, `${took} ms`);
});

test('keys of the set that are short, symmetric, private or for encryption verify nothing', async (t) => {
  const short = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const secret = Buffer.from('s3cret-of-the-set-s3cret-of-the-set');
  answer = publish([
    jwk(short.publicKey, { kid: 'short', alg: 'RS256' }),
    { kty: 'oct', kid: 'oct', alg: 'HS256', k: secret.toString('base64url') },
    jwk(first.privateKey, { kid: 'private', alg: 'RS256' }),
    jwk(first.publicKey, { kid: 'enc', use: 'enc', alg: 'RSA-OAEP' }),
    jwk(first.publicKey, { kid: 'enc2', use: 'enc' }),
    jwk(first.publicKey, { kid: 'ps', alg: 'PS256' }),
    5 as unknown as object,
  ]);
  const verifier = verifierOf(t);
  for (const kid of ['private', 'enc', 'enc2', 'ps']) assert.notEqual(await codeOf(verifier, sign(first.privateKey, 'RS256', kid)), 'u1', kid);
  assert.equal(await codeOf(verifier, sign(first.privateKey, 'PS256', 'ps')), 'u1');
  const now_s = Math.floor(Date.now() / 1_000);
  const symmetric = new SignJWT({ sub: 'u1', exp: now_s + 60 }).setProtectedHeader({ alg: 'HS256', kid: 'oct' }).sign(secret);
  assert.equal(await codeOf(verifier, symmetric), 'token_signature_invalid');
});

test('the URL must be https, its certificate trusted and its address allowed', async (t) => {
  assert.throws(() => testConfig({ 'viewer.token_jwks_url': 'http://keys.example/' }), /token_jwks_url/);
  assert.equal(await codeOf(verifierOf(t, {}, {}), sign(first.privateKey, 'RS256', 'k1')), 'unavailable');
  for (const host of ['localhost', '127.0.0.1', '[::ffff:127.0.0.1]', '2130706433']) {
    const set = { 'viewer.token_jwks_url': url.replace('localhost', host), 'webhooks.allow_addresses': ['10.0.0.0/8'] };
    assert.equal(await codeOf(verifierOf(t, set), sign(first.privateKey, 'RS256', 'k1')), 'unavailable', host);
  }
  assert.equal(requests.length, 0);
});

test('a token cannot name the address of its keys', async (t) => {
  answer = publish([]);
  const forged = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const header = { alg: 'RS256', kid: 'k1', jku: `${url}&forged`, x5u: `${url}&forged`, jwk: forged.publicKey.export({ format: 'jwk' }) };
  const token = new SignJWT({ sub: 'u1', exp: Math.floor(Date.now() / 1_000) + 60 }).setProtectedHeader(header as never).sign(forged.privateKey);
  assert.equal(await codeOf(verifierOf(t), token), 'token_key_unknown');
  assert.deepEqual(
    requests.map((request) => request.url),
    ['/keys?tenant=1'],
  );
});

test('a configured key and the set are tried together; while the set cannot be read, the configured key still verifies', async (t) => {
  const configured = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const rows = [{ alg: 'RS256', pem: configured.publicKey.export({ type: 'spki', format: 'pem' }) }];
  const verifier = verifierOf(t, { 'viewer.token_keys': rows });
  for (const kid of ['k1', undefined]) {
    assert.equal(await codeOf(verifier, sign(first.privateKey, 'RS256', kid)), 'u1', `in the set, kid ${kid}`);
    assert.equal(await codeOf(verifier, sign(configured.privateKey, 'RS256', kid)), 'u1', `configured, kid ${kid}`);
  }
  answer = (response) => void response.writeHead(500).end();
  assert.equal(await codeOf(verifierOf(t, { 'viewer.token_keys': rows }), sign(configured.privateKey, 'RS256')), 'u1');
});
