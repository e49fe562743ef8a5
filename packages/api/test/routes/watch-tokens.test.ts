// Tests of watch keys: each is for one room, gets tokens that watch it, and opens nothing else.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ruleRecords, watchMarksOf } from '@danmux/policy';
import { verifyViewerToken } from '@danmux/runtime';
import { type ApiFixture, gift, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { operations } from '@danmux/testkit/documented-codes';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner, { shedding: 'off' });
});

const create = (body: object) => fixture.call('POST', '/v1/keys', body);
const watch = (key: string, body: object = {}) => fixture.call('POST', '/v1/tokens/watch', body, { key });
const claimsOf = (token: string) => verifyViewerToken(fixture.runtime.config.viewer, token, Date.now());
async function marksOf(id: string): Promise<string[]> {
  const { fields } = await fixture.bus.records.get(ruleRecords.keys);
  return watchMarksOf(id, fields.get(id)?.value ?? '').map(({ mark }) => mark);
}

test('a watch key is made without an id, and gets tokens for its room alone', async () => {
  const { status, body } = await create({ scopes: ['watch'], rooms: ['live:1'] });
  assert.equal(status, 201);
  assert.match(body.id, /^[A-Za-z0-9_-]{1,32}$/);
  const answer = await watch(body.key);
  assert.equal(answer.status, 200);
  assert.equal(answer.body.room, 'live:1');
  const { exp, iat: _iat, ...claims } = (await claimsOf(answer.body.token)) as unknown as Record<string, unknown>;
  const [mark = ''] = await marksOf(body.id);
  assert.deepEqual(claims, { sub: `watch:${body.id}`, rooms: ['live:1'], send: false, own: false, watch_key: mark });
  assert.ok(Math.abs(Number(exp) - Date.now() / 1_000 - 3_600) < 10, `exp ${exp}`);
  assert.equal((await watch(body.key, { room: 'live:1', ttl_s: 60 })).status, 200);
  mustRefuse(await watch(body.key, { room: 'live:2' }), 'forbidden');
  mustRefuse(await watch(body.key, { ttl_s: 3_601 }), 'invalid_request');
});

test('only a hash of a watch key is stored', async () => {
  const { body } = await create({ id: 'hashed', scopes: ['watch'], rooms: ['live:1'] });
  const { fields } = await fixture.bus.records.get(ruleRecords.keys);
  assert.ok(!(fields.get('hashed')?.value ?? '').includes(body.key), 'the key is in the store');
  const listed = await fixture.call('GET', '/v1/keys');
  assert.ok(!JSON.stringify(listed.body).includes(body.key), 'the key is listed');
});

test('a watch key opens no other route, not even the one that shows a key to itself', async () => {
  const { body } = await create({ id: 'narrow', scopes: ['watch'], rooms: ['1'] });
  for (const { method, path } of operations.filter((each) => each['x-scope'] && each.path !== '/v1/tokens/watch')) {
    const url = path.replaceAll(/\{\w+\}/g, '1');
    mustRefuse(await fixture.call(method, url, method === 'GET' ? undefined : {}, { key: body.key }), 'forbidden');
  }
  mustRefuse(await fixture.call('POST', '/v1/rooms/1/messages', gift, { key: body.key }), 'forbidden');
});

test('a watch key has exactly one room by its name, no other scope, and cannot require signatures', async () => {
  const cases: [object, RegExp][] = [
    [{ scopes: ['watch'] }, /rooms/],
    [{ scopes: ['watch'], rooms: ['live:*'] }, /rooms/],
    [{ scopes: ['watch'], rooms: ['*'] }, /rooms/],
    [{ scopes: ['watch'], rooms: ['live:1', 'live:2'] }, /rooms/],
    [{ scopes: ['watch', 'read'], rooms: ['live:1'] }, /scopes/],
    [{ scopes: ['admin', 'watch'], rooms: ['live:1'] }, /scopes/],
    [{ scopes: ['watch'], rooms: ['live:1'], signed_only: true }, /signed_only/],
  ];
  for (const [body, named] of cases) {
    const answer = await create(body);
    mustRefuse(answer, 'invalid_request');
    assert.match(answer.body.detail, named, JSON.stringify(body));
  }
});

test('a rotated or deleted watch key gets no token, and its marks are no longer stored', async () => {
  const { body } = await create({ id: 'turning', scopes: ['watch'], rooms: ['live:1'] });
  const [old] = await marksOf('turning');
  const rotated = await fixture.call('POST', '/v1/keys/turning/rotate', { grace_ms: 0 });
  mustRefuse(await watch(body.key), 'unauthorized');
  const token = (await watch(rotated.body.key)).body.token as string;
  assert.notEqual((await claimsOf(token)).watch_key, old);
  assert.deepEqual(await marksOf('turning'), [(await claimsOf(token)).watch_key]);
  await fixture.call('DELETE', '/v1/keys/turning');
  mustRefuse(await watch(rotated.body.key), 'unauthorized');
  assert.deepEqual(await marksOf('turning'), []);
});

test('a key with another scope is refused; admin names the room', async () => {
  const reader = (await create({ id: 'reader', scopes: ['read', 'publish'] })).body.key as string;
  mustRefuse(await watch(reader, { room: 'live:1' }), 'forbidden');
  const admin = await fixture.call('POST', '/v1/tokens/watch', { room: 'live:1', ttl_s: 60 });
  const claims = await claimsOf(admin.body.token);
  assert.deepEqual([claims.rooms, claims.send, claims.own, claims.watch_key], [['live:1'], false, false, undefined]);
  mustRefuse(await fixture.call('POST', '/v1/tokens/watch', {}), 'invalid_request');
});
