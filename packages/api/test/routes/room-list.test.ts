// The list of rooms: order, pages, and keys limited to some rooms.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { userRooms } from '@danmux/bus';
import { type ApiFixture, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const roomKey = 'rooms-key-0123456789-0123456789-0123456789';
const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  const hashes = [createHash('sha256').update(roomKey).digest('hex')];
  fixture = await startApi(owner, { 'api.keys': [{ id: 'some', scopes: ['read'], rooms: ['live:1*'], hashes }] });
  const counts = new Map(Array.from({ length: 250 }, (_, index) => [`live:${String(index).padStart(3, '0')}`, (index % 10) + 1]));
  await fixture.bus.presence.report('e1', new Map([...counts, ['other', 7], [userRooms[0] ?? '', 3]]), 60_000);
  await fixture.bus.presence.report('e2', new Map([['live:005', 100]]), 60_000);
});

const ask = (query = '', key?: string) => fixture.call('GET', `/v1/rooms?${query}`, undefined, key === undefined ? {} : { key });

async function all(query: string): Promise<{ room: string; online: number }[]> {
  const found = [];
  for (let cursor = ''; ; ) {
    const { body } = await ask(`${query}${cursor}`);
    found.push(...body.rooms);
    if (body.cursor === null) return found;
    cursor = `&cursor=${body.cursor}`;
  }
}

test('sorted by name, each room of any edge once; internal rooms of users are left out', async () => {
  const { body } = await ask();
  assert.deepEqual([body.rooms.length, body.total], [50, 251]);
  assert.deepEqual(body.rooms[0], { room: 'live:000', online: 1 });
  const rooms = await all('limit=200');
  assert.equal(rooms.length, 251);
  assert.deepEqual(
    rooms.map(({ room }) => room),
    [...rooms.map(({ room }) => room)].sort(),
  );
  assert.deepEqual(
    rooms.find(({ room }) => room === 'live:005'),
    { room: 'live:005', online: 106 },
  );
});

test('sorted by online, largest first, then by name', async () => {
  const rooms = await all('sort=online&limit=7');
  assert.deepEqual(rooms.slice(0, 3), [
    { room: 'live:005', online: 106 },
    { room: 'live:009', online: 10 },
    { room: 'live:019', online: 10 },
  ]);
  assert.equal(new Set(rooms.map(({ room }) => room)).size, 251);
  assert.deepEqual(
    rooms.map(({ online }) => online),
    rooms.map(({ online }) => online).sort((a, b) => b - a),
  );
});

test('prefix selects rooms by the start of their name', async () => {
  const { body } = await ask('prefix=live:10&limit=200');
  assert.deepEqual([body.total, body.cursor, body.rooms.at(-1).room], [10, null, 'live:109']);
  assert.deepEqual((await ask('prefix=nobody')).body, { rooms: [], cursor: null, total: 0 });
});

test('a key limited to some rooms lists only those', async () => {
  const { body } = await ask('limit=200', roomKey);
  assert.deepEqual([body.total, body.rooms[0].room, body.rooms.at(-1).room], [100, 'live:100', 'live:199']);
});

test('an invalid query is refused', async () => {
  for (const query of ['limit=0', 'limit=201', 'sort=size', 'prefix=', 'cursor=x', 'cursor=W10', 'cursor=WyIxIiwiYSJd', 'page=2', 'sort=name&sort=online'])
    mustRefuse(await ask(query), 'invalid_request');
});
