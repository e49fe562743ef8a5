// The route that describes the key of the request, for every kind of key.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { signedHeaders } from '@danmux/testkit/signed-request';
import { ownerOf } from '@danmux/testkit/unit';

const now = 1_767_225_600_000;
const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner, {}, { now: () => now });
});

const path = '/v1/keys/me';

test('the key of the config has scope admin and every room', async () => {
  const { status, body } = await fixture.call('GET', path);
  assert.equal(status, 200);
  assert.deepEqual(body, { id: 'default', scopes: ['admin'], signed_only: false, source: 'config', last_used_at: now, signed: false });
});

test('a limited key sees its scopes and rooms, bare and signed, and no secrets', async () => {
  const made = await fixture.call('POST', '/v1/keys', { id: 'shop', scopes: ['publish'], rooms: ['live:*'], expires_at: now + 1_000 });
  const { key, signing_secret: secret } = made.body;
  const row = {
    id: 'shop',
    scopes: ['publish'],
    rooms: ['live:*'],
    signed_only: false,
    source: 'store',
    created_at: now,
    expires_at: now + 1_000,
    last_used_at: now,
  };
  const bare = await fixture.call('GET', path, undefined, { key });
  assert.deepEqual(bare.body, { ...row, signed: false });
  const headers = signedHeaders({ key: 'shop', secret, method: 'GET', target: path, timestamp: now / 1_000 });
  assert.deepEqual((await fixture.call('GET', path, undefined, { key: null, headers })).body, { ...row, signed: true });
});

test('a signed_only key without a signature, and a request without a key, are refused', async () => {
  const { body } = await fixture.call('POST', '/v1/keys', { id: 'mods', scopes: ['read'], signed_only: true });
  mustRefuse(await fixture.call('GET', path, undefined, { key: body.key }), 'unauthorized');
  mustRefuse(await fixture.call('GET', path, undefined, { key: null }), 'unauthorized');
  const headers = signedHeaders({ key: 'mods', secret: body.signing_secret, method: 'GET', target: path, timestamp: now / 1_000 });
  const { body: row } = await fixture.call('GET', path, undefined, { key: null, headers });
  assert.deepEqual([row.id, row.scopes, row.signed_only, row.signed], ['mods', ['read'], true, true]);
});
