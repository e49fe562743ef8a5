// Signed requests to a running api: valid ones are accepted, and every kind of replayed or changed request is refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { type Answer, type ApiFixture, apiKey, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { newNonce, type Signing, signedHeaders } from '@danmux/testkit/signed-request';
import { ownerOf } from '@danmux/testkit/unit';
import { rawRequest } from '../raw-request.ts';

const secret = 'a-signing-secret-0123456789-0123456789';
const older = 'an-older-secret-0123456789-0123456789';
const bare = 'bare-key-0123456789-0123456789-0123456789';
const row = (id: string, more: object) => ({
  id,
  scopes: ['publish'],
  hashes: [createHash('sha256').update(`${bare}${id}`).digest('hex')],
  signing_secrets: [secret, older],
  ...more,
});
const body = JSON.stringify(gift);

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner, {
    'api.keys': [row('signer', {}), row('only', { signed_only: true }), row('bare', { signing_secrets: undefined }), row('signs', { hashes: undefined })],
    shedding: 'off',
  });
});

const signing = (change: Partial<Signing> = {}): Signing => ({ key: 'signer', secret, method: 'POST', target: path, body, ...change });
const send = (headers: Record<string, string>, sent = body, target = path): Promise<Answer> => fixture.call('POST', target, sent, { key: null, headers });
const stored = async () => (await fixture.sequence()).length;

test('a key that only signs needs no hash, and its secret is no bare key', async () => {
  assert.equal((await send(signedHeaders(signing({ key: 'signs' })))).status, 202);
  for (const text of [secret, `${bare}signs`, '']) mustRefuse(await send({ authorization: `Bearer ${text}` }), 'unauthorized');
});

test('a signed request carries no key text and has the scopes of its key', async () => {
  assert.equal((await send(signedHeaders(signing()))).status, 202);
  const target = '/v1/stats?';
  mustRefuse(
    await fixture.call('GET', '/v1/stats', undefined, { key: null, headers: signedHeaders(signing({ method: 'GET', target: '/v1/stats', body: '' })) }),
    'forbidden',
  );
  mustRefuse(
    await fixture.call('GET', '/v1/stats', undefined, { key: null, headers: signedHeaders(signing({ method: 'GET', target, body: '' })) }),
    'signature_invalid',
  );
  assert.equal(await stored(), 1);
});

test('during a rotation both secrets can sign', async () => {
  assert.equal((await send(signedHeaders(signing({ secret: older })))).status, 202);
  assert.equal((await send(signedHeaders(signing()))).status, 202);
});

test('a request changed on its way is refused and nothing is stored', async () => {
  const other = JSON.stringify({ ...gift, data: { gift: 'castle' } });
  mustRefuse(await send(signedHeaders(signing()), other), 'signature_invalid');
  mustRefuse(await send(signedHeaders(signing()), `${body} `), 'signature_invalid');
  mustRefuse(await send(signedHeaders(signing()), body, '/v1/rooms/live:2/messages'), 'signature_invalid');
  mustRefuse(await send(signedHeaders(signing()), body, '/v1/rooms/live%3A1/messages'), 'signature_invalid');
  mustRefuse(await send({ ...signedHeaders(signing()), 'x-danmux-key': 'bare' }), 'signature_invalid');
  mustRefuse(await send({ ...signedHeaders(signing()), 'x-danmux-nonce': newNonce() }), 'signature_invalid');
  assert.equal(await stored(), 0);
});

test('the signature is checked before the body is parsed: invalid JSON with a wrong signature gets 401', async () => {
  mustRefuse(await send(signedHeaders(signing()), '{'), 'signature_invalid');
  mustRefuse(await send(signedHeaders(signing({ body: '{' })), '{'), 'invalid_json');
});

test('unknown keys and keys without a signing secret get the same error', async () => {
  const answers = await Promise.all([
    send(signedHeaders(signing({ key: 'nobody' }))),
    send(signedHeaders(signing({ key: 'bare' }))),
    send(signedHeaders(signing({ secret: 'wrong' }))),
    send(signedHeaders(signing({ key: 'default' }))),
  ]);
  for (const answer of answers) {
    mustRefuse(answer, 'signature_invalid');
    assert.equal(answer.body.detail, answers[0]?.body.detail);
  }
});

test('the timestamp may differ by the window and no more', async (t) => {
  let now = 1_767_225_600_000;
  const clocked = await startApi(t, { 'api.keys': [row('signer', {})], 'api.signature_window_ms': 10_000 }, { now: () => now });
  const at = (offset: number) =>
    clocked
      .call('POST', path, body, { key: null, headers: signedHeaders(signing({ timestamp: now / 1_000 + offset })) })
      .then(({ status, body: answer }) => answer.code ?? status);
  assert.deepEqual([await at(0), await at(10), await at(-10)], [202, 202, 202]);
  assert.deepEqual([await at(11), await at(-11), await at(-100_000)], ['signature_expired', 'signature_expired', 'signature_expired']);
  now += 60_000;
  assert.equal(await at(0), 202);
});

test('a nonce is accepted once, and only a valid signature consumes it', async () => {
  const headers = signedHeaders(signing());
  mustRefuse(await send({ ...headers, 'x-danmux-signature': `v1=${'0'.repeat(64)}` }), 'signature_invalid');
  assert.equal((await send(headers)).status, 202);
  mustRefuse(await send(headers), 'nonce_replayed');
  const nonce = newNonce();
  assert.equal((await send(signedHeaders(signing({ nonce })))).status, 202);
  assert.equal((await send(signedHeaders(signing({ nonce, key: 'only' })))).status, 202, 'each key has its own');
  mustRefuse(await send(signedHeaders(signing({ nonce, timestamp: Math.floor(Date.now() / 1_000) + 5 }))), 'nonce_replayed');
  assert.equal(await stored(), 3);
});

test('of twenty concurrent copies of a request one is accepted', async () => {
  const headers = signedHeaders(signing());
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(headers)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [202, ...Array.from({ length: 19 }, () => 401)]);
  assert.equal(await stored(), 1);
});

test('while the store cannot check nonces, signed requests are refused', async () => {
  fixture.gate.replace('claims.once', () => Promise.reject(new DanmuxError('unavailable')));
  mustRefuse(await send(signedHeaders(signing())), 'unavailable');
  assert.equal(await stored(), 0);
});

test('a signed_only key is refused as a bare key', async () => {
  mustRefuse(await fixture.call('POST', path, body, { key: `${bare}only` }), 'unauthorized');
  assert.equal((await fixture.call('POST', path, body, { key: `${bare}signer` })).status, 202);
  assert.equal((await send(signedHeaders(signing({ key: 'only' })))).status, 202);
});

test('a key together with a signature, or a repeated header, is refused', async () => {
  mustRefuse(await send({ ...signedHeaders(signing()), authorization: `Bearer ${apiKey}` }), 'unauthorized');
  mustRefuse(await send({ ...signedHeaders(signing()), 'x-api-key': apiKey }), 'unauthorized');
  const headers = Object.entries(signedHeaders(signing())).map(([name, value]) => `${name}: ${value}`);
  for (const twice of headers) {
    const head = [
      `POST ${path} HTTP/1.1`,
      'Host: x',
      ...headers,
      twice,
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ];
    assert.match(await rawRequest(fixture.url, `${head.join('\r\n')}\r\n\r\n${body}`), /^HTTP\/1\.1 401 [\s\S]*"unauthorized"/);
  }
  assert.equal(await stored(), 0);
});

test('a missing or malformed header is refused before the signature is checked', async () => {
  const headers = signedHeaders(signing());
  for (const name of Object.keys(headers)) {
    const { [name]: _, ...rest } = headers;
    mustRefuse(await send(rest), 'signature_invalid');
  }
  const { 'x-danmux-signature': signature = '' } = headers;
  for (const wrong of [
    signature.slice(3),
    signature.slice(0, -1),
    `${signature}0`,
    signature.toUpperCase(),
    `v2${signature.slice(2)}`,
    `${signature.slice(0, -2)}zz`,
    `${signature},${signature}`,
  ])
    mustRefuse(await send({ ...headers, 'x-danmux-signature': wrong }), 'signature_invalid');
  for (const wrong of ['1e9', '-1', '1767225600.5', '', ' ', '0x1', '1'.repeat(13)])
    mustRefuse(await send({ ...headers, 'x-danmux-timestamp': wrong }), 'signature_invalid');
  for (const wrong of ['short', 'x'.repeat(65), 'with space', 'ünïcode-nonce'])
    mustRefuse(await send({ ...headers, 'x-danmux-nonce': wrong }), 'signature_invalid');
});

test('a body over the limit is refused without buffering all of it', async () => {
  const large = `"${'x'.repeat(1_100_000)}"`;
  mustRefuse(await send(signedHeaders(signing({ body: large })), large), 'too_large');
  const chunked = [
    `POST ${path} HTTP/1.1`,
    'Host: x',
    ...Object.entries(signedHeaders(signing())).map(([name, value]) => `${name}: ${value}`),
    'Content-Type: application/json',
    'Transfer-Encoding: chunked',
    'Connection: close',
  ];
  const size = 1_100_000;
  assert.match(await rawRequest(fixture.url, `${chunked.join('\r\n')}\r\n\r\n${size.toString(16)}\r\n${'x'.repeat(size)}\r\n0\r\n\r\n`), /^HTTP\/1\.1 413 /);
});

test('a repeat with a new nonce and the same Idempotency-Key takes effect once', async () => {
  const again = () => send({ ...signedHeaders(signing()), 'idempotency-key': 'once' });
  assert.equal((await again()).status, 202);
  assert.equal((await again()).headers.get('idempotent-replayed'), 'true');
  assert.equal(await stored(), 1);
});
