// API keys created at run time: permissions, expiry, rotation, and that secrets do not leak.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { type ApiFixture, apiKey, gift, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { signedHeaders } from '@danmux/testkit/signed-request';
import { ownerOf } from '@danmux/testkit/unit';

const start = 1_767_225_600_000;
const hour = 3_600_000;
const owner = ownerOf(afterEach);
let now = start;
let fixture: ApiFixture;
beforeEach(async () => {
  now = start;
  fixture = await startApi(owner, { shedding: 'off' }, { now: () => now });
});

const make = (body: object = {}, headers = {}) => fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish'], ...body }, { headers });
const rotate = (body: object = {}, headers = {}) => fixture.call('POST', '/v1/keys/shop/rotate', body, { headers });
const remove = (id = 'shop') => fixture.call('DELETE', `/v1/keys/${id}`);
const list = async () => (await fixture.call('GET', '/v1/keys')).body.keys;
const publishWith = async (key: string) => (await fixture.call('POST', path, gift, { key })).status;
const signWith = async (secret: string) => {
  const headers = signedHeaders({ key: 'shop', secret, method: 'POST', target: path, body: JSON.stringify(gift), timestamp: now / 1_000 });
  return (await fixture.call('POST', path, gift, { key: null, headers })).status;
};

test('a created key is returned once, works within its scopes, and signs', async () => {
  const { status, body } = await make();
  assert.equal(status, 201);
  assert.deepEqual(Object.keys(body), ['id', 'key', 'signing_secret']);
  assert.match(body.key, /^dmx_[A-Za-z0-9_-]{43}$/);
  assert.match(body.signing_secret, /^dms_[A-Za-z0-9_-]{43}$/);
  assert.equal(await publishWith(body.key), 202);
  assert.equal(await signWith(body.signing_secret), 202);
  mustRefuse(await fixture.call('GET', '/v1/stats', undefined, { key: body.key }), 'forbidden');
  assert.equal((await make({ id: 'shop2' })).body.key === body.key, false);
});

test('key and secrets are never stored in clear text, listed or logged', async () => {
  const { body } = await make({}, { 'idempotency-key': 'k1' });
  const rotated = (await rotate({}, { 'idempotency-key': 'k2' })).body;
  const secrets = [body.key, body.signing_secret, rotated.key, rotated.signing_secret];
  const { fields } = await fixture.bus.records.get('keys');
  const audit = await fixture.call('GET', '/v1/audit');
  const seen = JSON.stringify([[...fields], await list(), audit.body]) + fixture.lines.join('');
  for (const secret of secrets) assert.ok(!seen.includes(secret.slice(4)));
});

test('the list has keys of config and store with creation and last use', async () => {
  await make({ rooms: ['live:*'], signed_only: true, expires_at: start + hour });
  const shop = {
    id: 'shop',
    scopes: ['publish'],
    rooms: ['live:*'],
    signed_only: true,
    source: 'store',
    created_at: start,
    expires_at: start + hour,
    last_used_at: null,
  };
  const [first, second, ...more] = await list();
  assert.deepEqual([first, second], [{ id: 'default', scopes: ['admin'], signed_only: false, source: 'config', last_used_at: start }, shop]);
  assert.deepEqual(more, []);
});

test('last use is recorded to the hour', async () => {
  const { key } = (await make()).body;
  const used = async () => (await list()).find(({ id }: { id: string }) => id === 'shop').last_used_at;
  await publishWith(key);
  assert.equal(await used(), start);
  now += hour - 1;
  await publishWith(key);
  assert.equal(await used(), start);
  now += 1;
  await publishWith(key);
  assert.equal(await used(), start + hour);
});

test('a key can be limited to some rooms', async () => {
  const { key } = (await make({ rooms: ['live:2', 'vip:*'] })).body;
  assert.equal(await publishWith(key), 403);
  assert.equal((await fixture.call('POST', '/v1/rooms/vip:9/messages', gift, { key })).status, 202);
});

test('a key ends at expires_at', async () => {
  const { key, signing_secret: secret } = (await make({ expires_at: start + 5_000 })).body;
  now += 4_999;
  assert.equal(await publishWith(key), 202);
  now += 1;
  assert.equal(await publishWith(key), 401);
  assert.equal(await signWith(secret), 401);
  assert.equal((await list()).length, 1);
});

test('after a rotation both secrets work until the grace ends, then only the new one', async () => {
  const old = (await make()).body;
  const { body } = await rotate({ grace_ms: 10_000 });
  assert.equal(body.old_until, start + 10_000);
  for (const { key, signing_secret: secret } of [old, body]) assert.deepEqual([await publishWith(key), await signWith(secret)], [202, 202]);
  assert.equal((await list())[1].old_until, start + 10_000);
  now += 10_000;
  assert.deepEqual([await publishWith(old.key), await signWith(old.signing_secret)], [401, 401]);
  assert.deepEqual([await publishWith(body.key), await signWith(body.signing_secret)], [202, 202]);
  assert.equal((await rotate()).body.old_until, now + hour, 'an hour unless said otherwise');
});

test('a second rotation within the grace gets 409, except with grace_ms 0', async () => {
  const first = (await make()).body;
  const second = (await rotate()).body;
  mustRefuse(await rotate(), 'conflict');
  assert.deepEqual([await publishWith(first.key), await publishWith(second.key)], [202, 202]);
  const third = (await rotate({ grace_ms: 0 })).body;
  assert.deepEqual([await publishWith(first.key), await publishWith(second.key), await publishWith(third.key)], [401, 401, 202]);
});

test('the id of the route /v1/keys/me is refused', async () => {
  mustRefuse(await make({ id: 'me' }), 'conflict');
  assert.equal((await make({ id: 'me2' })).status, 201);
});

test('a deleted key is refused, and its id can be used again', async () => {
  const { key, signing_secret: secret } = (await make()).body;
  assert.deepEqual((await remove()).body, { id: 'shop', removed: true });
  assert.deepEqual([await publishWith(key), await signWith(secret)], [401, 401]);
  assert.equal((await make()).status, 201);
  assert.equal(await publishWith(key), 401);
});

test('of two concurrent creations of an id one succeeds', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => make()));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409]);
  const key = answers.find(({ status }) => status === 201)?.body.key;
  assert.equal(await publishWith(key), 202);
});

test('a repeat with one Idempotency-Key returns the same secret and rotates once', async () => {
  const headers = { 'idempotency-key': 'again' };
  const [first, second] = [await make({}, headers), await make({}, headers)];
  assert.deepEqual(second.body, first.body);
  assert.equal(second.headers.get('idempotent-replayed'), 'true');
  mustRefuse(await make({ scopes: ['read'] }, headers), 'idempotency_mismatch');
  const rotated = await rotate({ grace_ms: 0 }, headers);
  assert.deepEqual((await rotate({ grace_ms: 0 }, headers)).body, rotated.body);
  assert.equal(await publishWith(rotated.body.key), 202);
});

test('while the store is away known keys work and none can be created', async () => {
  const { key } = (await make()).body;
  const away = () => Promise.reject(new DanmuxError('unavailable'));
  for (const verb of ['get', 'set', 'setIf'] as const) fixture.gate.replace(`records.${verb}`, away);
  assert.equal(await publishWith(key), 202);
  mustRefuse(await make({ id: 'new' }), 'unavailable');
  mustRefuse(await rotate(), 'unavailable');
  mustRefuse(await remove(), 'unavailable');
  assert.equal(await publishWith(key), 202);
});

test('a malformed stored key is refused and does not disturb others', async () => {
  for (const value of ['{', '{}', 'null', JSON.stringify({ scopes: ['everything'], created_at: 1, secrets: [] })])
    await fixture.bus.records.set('keys', new Map([['odd', { value }]]));
  const { key } = (await make()).body;
  assert.equal(await publishWith(key), 202);
  assert.deepEqual(
    (await list()).map(({ id }: { id: string }) => id),
    ['default', 'shop'],
  );
});

test('a stored key cannot replace a key of the config', async () => {
  await make();
  const { fields } = await fixture.bus.records.get('keys');
  const [, field] = [...fields][0] ?? [];
  assert.ok(field, 'a key is there');
  await fixture.bus.records.set('keys', new Map([['default', { value: field.value.replace('publish', 'admin') }]]));
  assert.equal((await list()).find(({ id }: { id: string }) => id === 'default').source, 'config');
  assert.equal((await fixture.call('GET', '/v1/keys', undefined, { key: apiKey })).status, 200);
});
