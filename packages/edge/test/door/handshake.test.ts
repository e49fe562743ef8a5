// Tests of the handshake: allowed Origins, tokens and guests.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { createRuntime, loadConfig, type Runtime, signViewerToken, TokenVerifier } from '@danmux/runtime';
import { authenticate as authenticateWith, originAllowed } from '../../src/door/handshake.ts';

const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
function runtimeOf(set: Readonly<Record<string, unknown>> = {}): Runtime {
  const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, ...set } });
  return createRuntime({ config, role: 'test', version: '0', processMetrics: false });
}
const authenticate = (runtime: Runtime, auth: Record<string, unknown>) => authenticateWith(runtime, new TokenVerifier(runtime), auth);
const codeOf = (auth: Record<string, unknown>, runtime = runtimeOf()) =>
  authenticate(runtime, auth).then(
    () => 'ok',
    (error: unknown) => (error instanceof DanmuxError ? error.code : error),
  );

test('no Origin is no page: apps and backends may connect', () => {
  assert.equal(originAllowed(undefined, 'edge.example', []), true);
});

test('a page of the same host name may, on any port and scheme', () => {
  assert.equal(originAllowed('https://live.example', 'live.example', []), true);
  assert.equal(originAllowed('http://live.example:8080', 'live.example:7700', []), true);
  assert.equal(originAllowed('http://LIVE.example', 'live.EXAMPLE', []), true);
  assert.equal(originAllowed('http://[::1]:3000', '[::1]:7700', []), true);
});

test('a page of another host may not, however alike its name is', () => {
  for (const origin of [
    'https://evil.example',
    'https://live.example.evil.example',
    'https://xlive.example',
    'https://sub.live.example',
    'null',
    '',
    'live.example',
    'file://',
  ])
    assert.equal(originAllowed(origin, 'live.example', []), false, origin);
});

test('loopback pages may connect to a loopback edge, and a name that only begins like one may not', () => {
  for (const origin of ['http://localhost:5173', 'http://127.0.0.1:5173', 'http://127.1.2.3', 'http://[::1]:5173'])
    assert.equal(originAllowed(origin, '127.0.0.1:7700', []), true, origin);
  for (const origin of ['http://127.evil.example', 'http://127.0.0.1.evil.example', 'http://localhost.evil.example', 'http://128.0.0.1'])
    assert.equal(originAllowed(origin, '127.0.0.1:7700', []), false, origin);
  assert.equal(originAllowed('http://localhost', 'edge.example', []), false);
});

test('configured Origins match exactly, and the star all', () => {
  const allowed = ['https://app.example'];
  assert.equal(originAllowed('https://app.example', 'edge.example', allowed), true);
  assert.equal(originAllowed('http://app.example', 'edge.example', allowed), false);
  assert.equal(originAllowed('https://app.example:444', 'edge.example', allowed), false);
  assert.equal(originAllowed('null', undefined, ['*']), true);
});

test('a page is refused when the request names no host', () => {
  assert.equal(originAllowed('http://live.example', undefined, []), false);
  assert.equal(originAllowed('http://live.example', 'not a host', []), false);
});

test('a good token is its viewer, with the rooms and the end the token has', async () => {
  const runtime = runtimeOf();
  const now = Date.now();
  const claims = { sub: 'ann', name: 'Ann', rooms: ['vip:*'], roles: ['mod'] };
  const { token, expiresAt } = await signViewerToken(runtime.config.viewer, claims, 60, now);
  const viewer = await authenticate(runtime, { token });
  assert.deepEqual(viewer, {
    id: 'ann',
    guest: false,
    own: true,
    sends: true,
    rooms: ['vip:*'],
    expiresAt,
    from: { id: 'ann', name: 'Ann', roles: ['mod'] },
    login: {},
  });
});

test('without a token: a guest where guests are allowed, else token_missing', async () => {
  for (const auth of [{}, { token: '' }, { token: null }, { token: undefined }]) {
    assert.equal(await codeOf(auth), 'token_missing');
    const viewer = await authenticate(runtimeOf({ 'viewer.allow_guests': true }), auth);
    assert.equal(viewer.guest, true);
  }
});

test('a bad token is refused even where guests are allowed', async () => {
  const runtime = runtimeOf({ 'viewer.allow_guests': true });
  for (const token of ['x', 5, {}, [], true]) assert.equal(await codeOf({ token }, runtime), 'token_invalid');
  const { token } = await signViewerToken({ ...runtime.config.viewer, token_secret: 'o'.repeat(32) }, { sub: 'ann' }, 60, Date.now());
  assert.equal(await codeOf({ token }, runtime), 'token_signature_invalid');
});

test('a token past its end is token_expired', async () => {
  const runtime = runtimeOf();
  const { token } = await signViewerToken(runtime.config.viewer, { sub: 'ann' }, 60, Date.now() - 120_000);
  assert.equal(await codeOf({ token }, runtime), 'token_expired');
});
