// Tests of the handshake: tokens and guests.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { type Runtime, signViewerToken, TokenVerifier } from '@danmux/runtime';
import { testRuntime } from '@danmux/testkit/unit';
import { authenticate as authenticateWith } from '../../src/door/handshake.ts';

function runtimeOf(set: Readonly<Record<string, unknown>> = {}): Runtime {
  return testRuntime({ after }, set);
}
const authenticate = (runtime: Runtime, auth: Record<string, unknown>) => authenticateWith(runtime, new TokenVerifier(runtime), auth);
const codeOf = (auth: Record<string, unknown>, runtime = runtimeOf()) =>
  authenticate(runtime, auth).then(
    () => 'ok',
    (error: unknown) => (error instanceof DanmuxError ? error.code : error),
  );

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
