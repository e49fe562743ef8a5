// The routes that read a room, its members and its history.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { listMembers, memberHash } from '@danmux/bus';
import { type ApiFixture, mustRefuse, path, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner);
  for (let i = 1; i <= 5; i++) await fixture.call('POST', path, { type: 'chat', data: i, id: `c${i}` });
  await fixture.call('POST', path, { type: 'gift', data: 1, id: 'g1' });
  await fixture.sequence();
  const members = [...Array.from({ length: 5 }, (_, index) => ({ id: `u${index}`, level: index })), { id: 'guest:1', guest: true as const }];
  const list = listMembers(new Map(members.map((member) => [member.id, { member, hash: memberHash(member.id) }])), 200);
  await fixture.bus.presence.report('edge', new Map([['live:1', 7]]), 60_000, new Map([['live:1', { users: 6, list }]]));
});

const history = async (query: string) => (await fixture.call('GET', `/v1/rooms/live:1/history?${query}`)).body;
const ids = (page: { msgs: { id: string }[] }) => page.msgs.map(({ id }) => id);

test('a room has online counts and stream positions', async () => {
  const { body } = await fixture.call('GET', '/v1/rooms/live:1');
  const { epoch } = await fixture.bus.streams.heads('live:1');
  assert.deepEqual(body, {
    room: 'live:1',
    online: 7,
    users: 6,
    modes: {},
    positions: { control: { epoch, offset: 0 }, gift: { epoch, offset: 1 }, chat: { epoch, offset: 5 } },
  });
});

test('a room without viewers is empty, not 404', async () => {
  const { status, body } = await fixture.call('GET', '/v1/rooms/nobody');
  assert.deepEqual([status, body.online, body.users, body.positions.chat.offset], [200, 0, 0, 0]);
  assert.deepEqual((await fixture.call('GET', '/v1/rooms/nobody/history')).body, { msgs: [], more: false });
});

test('pages list each member once, highest level first, until the cursor is null', async () => {
  const { body: first } = await fixture.call('GET', '/v1/rooms/live:1/members?limit=4');
  const { body: second } = await fixture.call('GET', `/v1/rooms/live:1/members?limit=4&cursor=${first.cursor}`);
  assert.deepEqual(
    [...first.members, ...second.members].map(({ id }) => id),
    ['u4', 'u3', 'u2', 'u1', 'guest:1', 'u0'],
  );
  assert.deepEqual({ ...second, members: second.members[0] }, { online: 7, users: 6, members: { id: 'guest:1', guest: true }, cursor: null, complete: true });
  assert.deepEqual((await fixture.call('GET', '/v1/rooms/nobody/members')).body, { online: 0, users: 0, members: [], cursor: null, complete: true });
});

test('history pages go from newest to oldest, ordered by offset within a page', async () => {
  const newest = await history('limit=2');
  assert.deepEqual([ids(newest), newest.more], [['c4', 'c5'], true]);
  const older = await history(`limit=2&before=${newest.msgs[0].offset}`);
  assert.deepEqual([ids(older), older.more], [['c2', 'c3'], true]);
  const oldest = await history('lane=chat&before=2&limit=200');
  assert.deepEqual([ids(oldest), oldest.more], [['c1'], false]);
  assert.deepEqual(ids(await history('lane=gift')), ['g1']);
  assert.deepEqual(ids(await history('')), ['c1', 'c2', 'c3', 'c4', 'c5']);
});

test('an invalid room or query is refused', async () => {
  for (const query of ['lane=ambient', 'limit=0', 'limit=201', 'limit=x', 'limit=1&limit=2', 'before=0', 'before=-1', 'other=1'])
    mustRefuse(await fixture.call('GET', `/v1/rooms/live:1/history?${query}`), 'invalid_request');
  for (const query of ['limit=0', 'limit=101', 'cursor=x', 'cursor=', 'cursor=a&cursor=b', `cursor=${'x'.repeat(1_025)}`, 'other=1'])
    mustRefuse(await fixture.call('GET', `/v1/rooms/live:1/members?${query}`), 'invalid_request');
  for (const where of ['/v1/rooms/a%20b', '/v1/rooms/a%20b/members', '/v1/rooms/a%20b/history']) mustRefuse(await fixture.call('GET', where), 'invalid_room');
});
