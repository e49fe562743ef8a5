// A key limited to some rooms may access only those, also inside a batch, and no route over all rooms.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type ApiFixture, gift, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { operations } from '@danmux/testkit/documented-codes';
import { eventually, ownerOf } from '@danmux/testkit/unit';
import type { FastifyRequest } from 'fastify';
import { mayTouch, mayTouchAll } from '../../src/auth/room-access.ts';
import { rightRequests } from '../right-requests.ts';

let fixture: ApiFixture;
const key = 'k'.repeat(33);
const limitedAdmin = 'l'.repeat(33);
const owner = ownerOf(after);
before(async () => {
  const hashes = [createHash('sha256').update(key).digest('hex')];
  fixture = await startApi(owner, {
    'api.keys': [
      { id: 'some', scopes: ['publish', 'read'], rooms: ['lobby', 'live:*'], hashes },
      { id: 'admin', scopes: ['admin'], rooms: ['live:*'], hashes: [createHash('sha256').update(limitedAdmin).digest('hex')] },
    ],
  });
});

const request = (rooms?: readonly string[]) => ({ apiKey: rooms ? { rooms } : {} }) as unknown as FastifyRequest;

test('a key matches rooms by name or prefix, and patterns only when it covers every match', () => {
  const some = request(['lobby', 'live:*']);
  for (const room of ['lobby', 'live:', 'live:1']) assert.ok(mayTouch(some, room), room);
  for (const room of ['lobby2', 'live', 'Live:1', '', 'lob']) assert.ok(!mayTouch(some, room), room);
  for (const pattern of ['live:*', 'live:1*', 'live:1', 'lobby']) assert.ok(mayTouchAll(some, pattern), pattern);
  for (const pattern of ['*', 'live*', 'l*', 'lobby*', 'vip', 'lobby:*']) assert.ok(!mayTouchAll(some, pattern), pattern);
  for (const pattern of ['*', 'x', 'x*']) assert.ok(mayTouchAll(request(['*']), pattern) && mayTouchAll(request(), pattern), pattern);
});

test('a key is checked against the room in the path', async () => {
  assert.equal((await fixture.call('POST', '/v1/rooms/live:1/messages', gift, { key })).status, 202);
  assert.equal((await fixture.call('GET', '/v1/rooms/live%3A1', undefined, { key })).status, 200);
  mustRefuse(await fixture.call('POST', '/v1/rooms/vip/messages', gift, { key }), 'forbidden');
  mustRefuse(await fixture.call('GET', '/v1/rooms/vip/history', undefined, { key }), 'forbidden');
  assert.equal((await fixture.sequence()).length, 1);
});

test('in a batch the room of each message is checked', async () => {
  const messages = ['lobby', 'vip', 'live:2'].map((room) => ({ room, ...gift }));
  const { status, body } = await fixture.call('POST', '/v1/messages/batch', { messages }, { key });
  assert.equal(status, 200);
  assert.deepEqual(
    body.results.map((result: { status: number; code?: string }) => result.code ?? result.status),
    [202, 'forbidden', 202],
  );
  assert.deepEqual((await fixture.sequence()).map(({ room }) => room).sort(), ['live:2', 'lobby']);
});

test('a key signs tokens only for its own rooms', async () => {
  const sign = (rooms?: string[]) => fixture.call('POST', '/v1/tokens', { sub: 'u1', ...(rooms ? { rooms } : {}) }, { key });
  assert.equal((await sign(['live:1', 'live:2*', 'lobby'])).status, 200);
  for (const rooms of [undefined, ['*'], ['live:1', 'vip'], ['live*']]) mustRefuse(await sign(rooms), 'forbidden');
});

test('a key broadcasts only to patterns within its own rooms', async () => {
  const send = (rooms: string | string[]) => fixture.call('POST', '/v1/broadcasts', { rooms, ...gift }, { key });
  assert.equal((await send(['lobby', 'live:1*', 'live:*'])).status, 202);
  for (const rooms of ['*', ['*'], ['live*'], ['live:1', 'vip'], ['lobby*']]) mustRefuse(await send(rooms), 'forbidden');
  await eventually(() => assert.equal(fixture.ran.length, 1));
});

test('a key lists its own rooms and reads receipts of messages in them', async () => {
  const counts = new Map(['live:1', 'lobby', 'vip'].map((room) => [room, 1]));
  await fixture.bus.presence.report('edge-1', counts, 60_000);
  const list = (await fixture.call('GET', '/v1/rooms', undefined, { key })).body;
  assert.deepEqual([list.rooms.map(({ room }: { room: string }) => room), list.total], [['live:1', 'lobby'], 2]);
  await fixture.bus.receipts.open('m1', 'live:1', 1_000);
  await fixture.bus.receipts.open('m2', 'vip', 1_000);
  assert.equal((await fixture.call('GET', '/v1/messages/m1/receipts', undefined, { key })).status, 200);
  mustRefuse(await fixture.call('GET', '/v1/messages/m2/receipts', undefined, { key }), 'forbidden');
});

test('every route without a room in its path refuses a limited key or checks each room', async () => {
  const eachRoom = [
    'POST /v1/messages/batch',
    'POST /v1/broadcasts',
    'POST /v1/tokens',
    'POST /v1/tokens/watch',
    'GET /v1/rooms',
    'GET /v1/messages/{id}/receipts',
    'GET /v1/messages/{id}/trace',
    'GET /v1/keys/me',
  ];
  for (const { method, path } of operations.filter((each) => each['x-scope'] && !each.path.includes('{room}'))) {
    if (eachRoom.includes(`${method} ${path}`)) continue;
    const { body, query = '' } = rightRequests[`${method} ${path}`] ?? {};
    const answer = await fixture.call(method, path.replaceAll(/\{\w+\}/g, '1') + query, method === 'GET' ? undefined : body, { key: limitedAdmin });
    mustRefuse(answer, 'forbidden');
  }
});

test('routes over all rooms refuse a limited key', async () => {
  for (const path of ['/v1/stats', '/v1/nodes']) mustRefuse(await fixture.call('GET', path, undefined, { key }), 'forbidden');
});
