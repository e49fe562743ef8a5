// Authentication with a bare key, the rate limit of a key, and that keys never leak.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { type ApiFixture, apiKey, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { configKeys, type KeyConfig } from '../../src/auth/config-keys.ts';
import { Keyring } from '../../src/auth/keyring.ts';
import { rawRequest } from '../raw-request.ts';

const owner = ownerOf(afterEach);
let fixture: ApiFixture;
beforeEach(async () => {
  fixture = await startApi(owner);
});

const keyring = (config: Partial<KeyConfig>) => new Keyring(configKeys({ key: '', key_hashes: [], keys: [], ...config }));
const stats = (headers: Record<string, string>) => fixture.call('GET', '/v1/stats', undefined, { key: null, headers });

test('a key works as Bearer and as X-API-Key', async () => {
  for (const headers of [{ authorization: `Bearer ${apiKey}` }, { authorization: `bearer ${apiKey}` }, { 'x-api-key': apiKey }])
    assert.equal((await stats(headers as Record<string, string>)).status, 200);
});

test('a wrong, missing, malformed or second key gets 401', async () => {
  for (const headers of [
    {},
    { 'x-api-key': 'nope' },
    { 'x-api-key': '' },
    { authorization: 'Basic abc' },
    { authorization: apiKey },
    { authorization: 'Bearer ' },
    { 'x-api-key': `${apiKey} x` },
    { 'x-api-key': apiKey.slice(1) },
    { 'x-api-key': apiKey, authorization: `Bearer ${apiKey}` },
  ]) {
    const answer = await stats(headers as Record<string, string>);
    mustRefuse(answer, 'unauthorized');
    assert.match(answer.headers.get('www-authenticate') ?? '', /^Bearer/);
  }
});

test('a key in the query is ignored', async () => {
  mustRefuse(await fixture.call('GET', `/v1/stats?api_key=${apiKey}`, undefined, { key: null }), 'unauthorized');
});

test('a repeated header is refused even when both values are valid', async () => {
  for (const header of [`X-API-Key: ${apiKey}`, `Authorization: Bearer ${apiKey}`]) {
    const answer = await rawRequest(fixture.url, `GET /v1/stats HTTP/1.1\r\nHost: x\r\n${header}\r\n${header}\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 401 /);
  }
});

test('api.key and api.key_hashes work together; each key has an id that does not reveal it', async (t) => {
  const second = 'another-key-0123456789-0123456789-0123';
  const hash = createHash('sha256').update(second).digest('hex');
  const keys = keyring({ key: apiKey, key_hashes: [hash] });
  const find = (text: string) => keys.find(text, 0)?.id ?? null;
  assert.equal(find(second), hash.slice(0, 12));
  assert.equal(find(apiKey), 'default');
  assert.equal(find(hash), null, 'the hash itself is no key');
  const both = await startApi(t, { 'api.key_hashes': [hash] });
  for (const key of [second, apiKey]) assert.equal((await both.call('GET', '/v1/stats', undefined, { key })).status, 200);
  mustRefuse(await both.call('GET', '/v1/stats', undefined, { key: 'a-wrong-key' }), 'unauthorized');
  for (const secret of [second, apiKey, 'a-wrong-key']) assert.ok(!both.lines.join('').includes(secret));
});

test('without api.key an empty key is refused', () => {
  assert.equal(keyring({}).find('', 0), null);
});

test('a key over its rate gets 429 with Retry-After and works after that; other keys are not affected', async (t) => {
  let now = 1_000_000;
  const second = 'another-key-0123456789-0123456789-0123';
  const strict = await startApi(t, { 'api.per_minute': 20, 'api.key_hashes': [createHash('sha256').update(second).digest('hex')] }, { now: () => now });
  const ask = async (key = apiKey) => (await strict.call('GET', '/v1/stats', undefined, { key })).status;
  assert.deepEqual([await ask(), await ask(), await ask()], [200, 200, 429]);
  assert.equal(await ask(second), 200);
  const refused = await strict.call('GET', '/v1/stats');
  mustRefuse(refused, 'rate_limited');
  assert.equal(refused.headers.get('retry-after'), '3');
  now += refused.body.retry_after_ms;
  assert.equal(await ask(), 200);
});

test('shedding: off disables the rate limit', async (t) => {
  const open = await startApi(t, { 'api.per_minute': 20, shedding: 'off' });
  for (let i = 0; i < 5; i++) assert.equal((await open.call('GET', '/v1/stats')).status, 200);
});

type Row = KeyConfig['keys'][number];

test('a key of the config needs a hash or a signing secret, and a secret when it must sign', () => {
  const row: Row = { id: 'k', scopes: ['read'] as never };
  const secrets = ['s'.repeat(32)];
  assert.throws(() => keyring({ keys: [row] }), { code: 'config_invalid', message: /key k has neither hashes nor signing_secrets/ });
  assert.throws(() => keyring({ keys: [{ ...row, hashes: ['0'.repeat(64)], signed_only: true }] }), {
    code: 'config_invalid',
    message: /key k is signed_only/,
  });
  keyring({ keys: [{ ...row, signing_secrets: secrets, signed_only: true }] });
});
