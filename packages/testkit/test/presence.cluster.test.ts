// Presence over three edge processes: counts, distinct users and member lists are correct, and the viewers of a killed edge disappear
// from them.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { MembersReply, Reply } from '@danmux/protocol';
import { backendOf, edgeUrls, eventually, ProcessCluster, TestViewer, testToken } from '../src/index.ts';

interface Seen {
  readonly online: number;
  readonly users: number;
  readonly ids: readonly string[];
  readonly complete: boolean;
}

let cluster: ProcessCluster;
let opened: TestViewer[] = [];
before(async () => {
  cluster = await ProcessCluster.start({ edges: 3, relays: 1, apis: 1, workers: 1 });
});
after(() => cluster?.stop());
afterEach(() => {
  for (const viewer of opened) viewer.close();
  opened = [];
});

/** A viewer that has joined and stays on this edge. */
async function enter(room: string, user: string, edge: number, level = 0): Promise<TestViewer> {
  const viewer = new TestViewer({ urls: [edgeUrls(cluster)[edge] ?? ''], room, token: await testToken(user, { level }), history: 0 });
  opened.push(viewer);
  await viewer.joined();
  return viewer;
}

const enterAll = (room: string, users: readonly string[]) => Promise.all(users.map((user, index) => enter(room, user, index % 3)));

/** All pages of the member list, read as a viewer. */
async function seenBy(viewer: TestViewer, room: string): Promise<Seen> {
  const ids: string[] = [];
  let cursor: string | null = null;
  for (;;) {
    const query = { room, limit: 20, ...(cursor === null ? {} : { cursor }) };
    const page: Reply<MembersReply> = await new Promise((resolve) => viewer.socket.emit('members', query, resolve));
    assert.ok(page.ok, JSON.stringify(page));
    ids.push(...page.members.map(({ id }) => id));
    cursor = page.cursor;
    if (cursor === null) return { online: page.online, users: page.users, ids, complete: page.complete };
  }
}

async function seenByBackend(room: string): Promise<Seen> {
  const { body } = await backendOf(cluster).get(`/v1/rooms/${room}/members?limit=100`);
  const { online, users, members, complete } = body as MembersReply;
  return { online, users, ids: members.map(({ id }) => id), complete };
}

test('a user on two edges counts as two connections and one user, and every edge and the api list all members', { timeout: 60_000 }, async () => {
  const room = 'live:two-edges';
  const viewers = [await enter(room, 'ann', 0, 3), await enter(room, 'ann', 1, 3), await enter(room, 'bob', 2, 9)];
  const truth = { online: 3, users: 2, ids: ['bob', 'ann'], complete: true };
  await eventually(
    async () => {
      for (const viewer of viewers) assert.deepEqual(await seenBy(viewer, room), truth);
      assert.deepEqual(await seenByBackend(room), truth);
    },
    { timeoutMs: 5_000, everyMs: 200 },
  );
  const { body } = await backendOf(cluster).get(`/v1/rooms/${room}`);
  const { online, users } = body as { online: number; users: number };
  assert.deepEqual([online, users], [3, 2]);
  viewers[1]?.close();
  await eventually(async () => assert.deepEqual(await seenByBackend(room), { ...truth, online: 2 }), { timeoutMs: 5_000, everyMs: 200 });
});

test('counts and lists on every edge are correct within two seconds of joins and leaves', { timeout: 90_000 }, async (t) => {
  const room = 'live:truth';
  const watchers = await enterAll(room, ['w0', 'w1', 'w2']);
  let slowest = 0;
  const mustBecome = async (users: readonly string[]) => {
    const since = performance.now();
    await eventually(() => assert.deepEqual(new Set(watchers.map(({ online }) => online)), new Set([users.length])), { timeoutMs: 5_000 });
    slowest = Math.max(slowest, performance.now() - since);
    const everybody = [...users].sort();
    await eventually(
      async () => {
        for (const watcher of watchers)
          assert.deepEqual(await seenBy(watcher, room), { online: users.length, users: users.length, ids: everybody, complete: true });
      },
      { timeoutMs: 5_000, everyMs: 200 },
    );
  };
  const names = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `v${String(from + index).padStart(2, '0')}`);
  const own = ['w0', 'w1', 'w2'];
  const first = await enterAll(room, names(0, 40));
  await mustBecome([...own, ...names(0, 40)]);
  for (const viewer of first.slice(0, 25)) viewer.close();
  await mustBecome([...own, ...names(25, 40)]);
  await enterAll(room, names(40, 50));
  for (const viewer of first.slice(25)) viewer.socket.emit('leave', { room }, () => {});
  await mustBecome([...own, ...names(40, 50)]);
  t.diagnostic(`correct everywhere after ${Math.round(slowest)} ms at most`);
  // The documented limit is two seconds; a shared test machine gets more.
  assert.ok(slowest < 3_000, `${slowest} ms`);
});

test('presence events come at most once a second and only when the number changes', { timeout: 60_000 }, async (t) => {
  const room = 'live:updates';
  const watcher = await enter(room, 'watcher', 0);
  const updates: { online: number; at: number }[] = [];
  watcher.socket.on('presence', ({ online }) => updates.push({ online, at: performance.now() }));
  for (let i = 0; i < 24; i++) {
    await enter(room, `v${i}`, i % 3);
    await wait(150);
  }
  await eventually(() => assert.equal(updates.at(-1)?.online, 25), { timeoutMs: 5_000 });
  const took = (updates.at(-1)?.at ?? 0) - (updates[0]?.at ?? 0);
  t.diagnostic(`${updates.length} events in ${Math.round(took)} ms for 24 joins`);
  assert.ok(updates.length >= 3, 'it follows');
  // Events may have different network delays.
  assert.ok(took >= (updates.length - 1) * 1_000 - 200, `${updates.length} events in ${took} ms`);
  for (const [index, { online }] of updates.entries()) assert.notEqual(online, updates[index - 1]?.online);
  const before = updates.length;
  await wait(2_500);
  assert.equal(updates.length, before);
});

test('kill -9 of an edge: its viewers are not counted or listed after ten seconds', { timeout: 90_000 }, async (t) => {
  const room = 'live:ghosts';
  const [watcher] = await enterAll(room, ['w0', 'w1', 'g0', 'w3', 'w4', 'g1', 'w6', 'w7', 'g2']);
  await enter(room, 'w0', 2);
  assert.ok(watcher);
  const living = ['w0', 'w1', 'w3', 'w4', 'w6', 'w7'];
  await eventually(async () => assert.deepEqual(await seenBy(watcher, room), { online: 10, users: 9, ids: ['g0', 'g1', 'g2', ...living], complete: true }), {
    timeoutMs: 5_000,
    everyMs: 200,
  });
  await cluster.of('edge')[2]?.process.stop('SIGKILL');
  const killed = performance.now();
  const truth = { online: 6, users: 6, ids: living, complete: true };
  await eventually(
    async () => {
      assert.deepEqual(await seenBy(watcher, room), truth);
      assert.deepEqual(await seenByBackend(room), truth);
      assert.equal(watcher.online, 6);
    },
    { timeoutMs: 15_000, everyMs: 100 },
  );
  const took = performance.now() - killed;
  t.diagnostic(`gone after ${Math.round(took)} ms`);
  assert.ok(took < 10_000, `${took} ms`);
});
