// A key limited to some rooms, on every route: requests for its rooms succeed, requests for other rooms or for all rooms are refused.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type ApiFixture, gift, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { type Operation, operations } from '@danmux/testkit/documented-codes';
import { ownerOf } from '@danmux/testkit/unit';
import { prepared, rightSettings, send } from '../right-requests.ts';

const keyRow = (id: string, rooms: string[]) => ({ id, scopes: ['admin'], rooms, hashes: [createHash('sha256').update(id.repeat(8)).digest('hex')] });
const [own, stranger] = ['inside'.repeat(8), 'stranger'.repeat(8)];
const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner, { ...rightSettings, 'api.keys': [keyRow('inside', ['live:1*']), keyRow('stranger', ['other'])] });
});

const ask = async (operation: Operation, key: string, body?: unknown) =>
  send(fixture, operation, await prepared(fixture, operation), { key, ...(body === undefined ? {} : { body }) });
const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** Routes that access rooms without naming one in the path. */
const eachRoom = [
  ...['POST /v1/messages/batch', 'POST /v1/tokens/watch', 'GET /v1/rooms', 'GET /v1/messages/{id}/receipts'],
  ...['GET /v1/messages/{id}/trace', 'GET /v1/keys/me'],
];
const ofRooms = (operation: Operation) => operation.path.includes('{room}') || eachRoom.includes(nameOf(operation));

for (const operation of operations) {
  test(nameOf(operation), async () => {
    if (!operation['x-scope']) return;
    const inside = await ask(operation, own);
    if (ofRooms(operation)) assert.ok(inside.status < 300, JSON.stringify(inside.body));
    else mustRefuse(inside, 'forbidden');
    const outside = await ask(operation, stranger);
    if (operation.path === '/v1/rooms') assert.deepEqual(outside.body, { rooms: [], cursor: null, total: 0 });
    else if (operation.path === '/v1/keys/me') assert.deepEqual(outside.body.rooms, ['other']);
    else if (operation.path.endsWith('/batch')) assert.equal(outside.body.results[0].code, 'forbidden');
    else mustRefuse(outside, 'forbidden');
  });
}

test('a broadcast and a token must be limited to the rooms of the key', async () => {
  const operation = (path: string) => operations.find((each) => each.path === path) as Operation;
  for (const rooms of [['live:1'], ['live:1*'], ['live:10*', 'live:1']]) {
    assert.equal((await ask(operation('/v1/broadcasts'), own, { ...gift, rooms })).status, 202);
    const { status, body } = await ask(operation('/v1/tokens'), own, { sub: 'u', rooms });
    assert.equal(status, 200);
    const { own: gets } = JSON.parse(Buffer.from(body.token.split('.')[1], 'base64url').toString());
    assert.equal(gets, false, 'the token does not grant messages to its user');
  }
  for (const rooms of ['*', ['live:*'], ['live:1', 'other'], ['*']]) mustRefuse(await ask(operation('/v1/broadcasts'), own, { ...gift, rooms }), 'forbidden');
});
