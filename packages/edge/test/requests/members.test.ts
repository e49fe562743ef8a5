// The `members` event through real edges on one bus, with stock clients.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { MembersReply, Reply } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let edges: EdgeFixture[];
beforeEach(async () => {
  const first = await startEdge(owner, { shedding: 'off', 'viewer.allow_guests': true });
  edges = [first, await startEdge(owner, { shedding: 'off' }, first.bus)];
});

async function enter(user: string, claims: object = {}, edge = 0): Promise<Viewer> {
  const fixture = edges[edge] ?? assert.fail();
  const viewer = fixture.connect(user === '' ? {} : { token: await fixture.token(user, claims) });
  await viewer.connected();
  assert.equal(await viewer.code('join', { room }), 'ok');
  return viewer;
}

function must<T>(reply: Reply<T>): T {
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply;
}
const ask = async (viewer: Viewer, query: object = {}) => {
  const { online, users, members, cursor, complete } = must(await viewer.ask<MembersReply>('members', { room, ...query }));
  return { online, users, members, cursor, complete };
};

test('a viewer that has just joined sees itself at once', async () => {
  const ann = await enter('ann', { name: 'Ann', level: 3 });
  assert.deepEqual(await ask(ann), { online: 1, users: 1, members: [{ id: 'ann', name: 'Ann', level: 3 }], cursor: null, complete: true });
});

test('all users on both edges are listed once, by level; two connections of one user count as one', async () => {
  const ann = await enter('ann', { level: 5 });
  await enter('ann', { level: 5 }, 1);
  await enter('ann', { level: 5 }, 1);
  await enter('bob', { level: 7, avatar: 'b.png' }, 1);
  const guest = await enter('');
  await eventually(async () => {
    const { members, ...rest } = await ask(ann);
    assert.deepEqual(rest, { online: 5, users: 3, cursor: null, complete: true });
    assert.deepEqual(members.slice(0, 2), [
      { id: 'bob', level: 7, avatar: 'b.png' },
      { id: 'ann', level: 5 },
    ]);
    assert.equal(members[2]?.guest, true);
    assert.match(members[2]?.id ?? '', /^guest:/);
  });
  guest.socket.disconnect();
  await eventually(async () => assert.equal((await ask(ann)).users, 2));
});

test('one page after another, each member once', async () => {
  const [first] = await Promise.all(Array.from({ length: 7 }, (_, index) => enter(`u${index}`, { level: index % 3 }, index % 2)));
  assert.ok(first);
  await eventually(async () => assert.equal((await ask(first)).users, 7));
  const pages: string[][] = [];
  let cursor: string | null | undefined;
  do {
    const page = await ask(first, { limit: 3, ...(cursor ? { cursor } : {}) });
    pages.push(page.members.map(({ id }) => id));
    cursor = page.cursor;
  } while (cursor !== null);
  assert.deepEqual(pages, [['u2', 'u5', 'u1'], ['u4', 'u0', 'u3'], ['u6']]);
});

test('a second join of one connection, and a leave, count as they should', async () => {
  const ann = await enter('ann');
  const bob = await enter('bob');
  assert.equal(await bob.code('join', { room }), 'ok');
  await eventually(async () => assert.deepEqual((await ask(ann)).users, 2));
  assert.equal(await bob.code('leave', { room }), 'ok');
  assert.equal(await bob.code('members', { room }), 'not_joined');
  await eventually(async () => {
    const { online, users, members } = await ask(ann);
    assert.deepEqual([online, users, members], [1, 1, [{ id: 'ann' }]]);
  });
});

test('a viewer whose join failed is not in the list', async () => {
  const ann = await enter('ann');
  const edge = edges[0] ?? assert.fail();
  const bob = edge.connect({ token: await edge.token('bob', { rooms: ['other'] }) });
  await bob.connected();
  assert.equal(await bob.code('join', { room }), 'room_forbidden');
  await enter('cat', {}, 1);
  await eventually(async () => assert.equal((await ask(ann)).users, 2));
  assert.deepEqual(
    (await ask(ann)).members.map(({ id }) => id),
    ['ann', 'cat'],
  );
});

test('above the cap a part is named, the highest level in it, and the users of one edge are still exact', async (t) => {
  const small = await startEdge(t, { shedding: 'off', 'edge.members_listed': 4 }, edges[0]?.bus);
  edges.push(small);
  const viewers = await Promise.all(Array.from({ length: 12 }, (_, index) => enter(`u${index}`, { level: index }, 2)));
  await eventually(async () => {
    const { online, users, members, complete } = await ask(viewers[0] ?? assert.fail());
    assert.deepEqual([online, users, members.length, complete], [12, 12, 4, false]);
    assert.deepEqual(
      members.slice(0, 2).map(({ id }) => id),
      ['u11', 'u10'],
    );
  });
});
