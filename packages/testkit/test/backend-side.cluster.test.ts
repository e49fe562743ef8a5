// Moderation and targeted messages through the admin API, with two edge processes: each decision is in force on both edges within a
// second, and each viewer gets only its messages.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { JoinReply, Msg, Notice, Reply } from '@danmux/protocol';
import { edgeUrls, eventually, ProcessCluster, TestViewer, testToken } from '../src/index.ts';
import { testSecrets } from '../src/node-process.ts';

/** High send limits: viewers here send repeatedly until a decision refuses them, and the rate limit must not refuse first. */
const set = ['receipts.timeout_ms=500', 'edge.send_per_minute=60000', 'edge.send_burst=1000'];
let cluster: ProcessCluster;
let opened: TestViewer[] = [];
before(async () => {
  cluster = await ProcessCluster.start({ edges: 2, relays: 1, apis: 1, workers: 1, set });
});
after(() => cluster?.stop());
afterEach(() => {
  for (const viewer of opened) viewer.close();
  opened = [];
});

interface Watched {
  readonly viewer: TestViewer;
  readonly notices: Notice[];
}

/** A viewer that stays on this edge and confirms messages that request receipts. */
async function enter(room: string, user: string, edge: number): Promise<Watched> {
  const viewer = new TestViewer({ urls: [edgeUrls(cluster)[edge] ?? ''], room, token: await testToken(user), history: 50 });
  opened.push(viewer);
  const notices: Notice[] = [];
  viewer.socket.on('notice', (notice) => notices.push(notice));
  viewer.socket.on('frame', ({ room: from, msgs }) => {
    const ids = msgs.filter(({ receipt }) => receipt).map(({ id }) => id);
    if (ids.length > 0) viewer.socket.emit('receipt', { room: from, ids }, () => {});
  });
  await viewer.joined();
  return { viewer, notices };
}

const onBothEdges = (room: string, user: string) => Promise.all([enter(room, user, 0), enter(room, user, 1)]);

// biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the reply it expects
async function call(method: string, path: string, body?: object): Promise<any> {
  const headers = { 'x-api-key': testSecrets.DANMUX_API_KEY, ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(`${cluster.of('api')[0]?.url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
  const answer = await response.json();
  assert.ok(response.status < 300, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

/** Waits until the check passes; fails after one second. */
const withinASecond = (check: () => unknown) => eventually(check, { timeoutMs: 1_000 });

let sent = 0;
async function outcomeOf({ viewer }: Watched, text = `hello ${sent}`): Promise<string> {
  const reply = await viewer.send('chat', { text }, `c${++sent}`);
  if (!reply.ok) return reply.error.code;
  return reply.held ? 'held' : 'ok';
}
const types = ({ viewer }: Watched) => viewer.msgs.map(({ type }) => type);

test('a mute is in force on both edges, its user is notified, and it can be lifted', { timeout: 60_000 }, async () => {
  const [left, right] = await onBothEdges('mutes', 'ann');
  const bob = await enter('mutes', 'bob', 1);
  await call('PUT', '/v1/rooms/mutes/mutes/ann', { for_ms: 60_000, reason: 'spam' });
  for (const each of [left, right]) {
    await withinASecond(async () => assert.equal(await outcomeOf(each), 'muted'));
    await withinASecond(() => assert.deepEqual([each.notices[0]?.code, each.notices[0]?.room], ['muted', 'mutes']));
  }
  assert.equal(await outcomeOf(bob), 'ok');
  await call('DELETE', '/v1/rooms/mutes/mutes/ann');
  for (const each of [left, right]) await withinASecond(async () => assert.equal(await outcomeOf(each), 'ok'));
  await call('PUT', '/v1/mutes/ann', { for_ms: 700 });
  for (const each of [left, right]) await withinASecond(async () => assert.equal(await outcomeOf(each), 'muted'));
  await eventually(async () => assert.equal(await outcomeOf(left), 'ok'));
});

test('a ban and a kick remove the user on both edges and no other user', { timeout: 60_000 }, async () => {
  const both = await onBothEdges('bans', 'ann');
  const bob = await enter('bans', 'bob', 0);
  await call('POST', '/v1/rooms/bans/kick', { user: 'ann', ban_ms: 600_000 });
  for (const { notices } of both) await withinASecond(() => assert.ok(['kicked', 'banned'].includes(notices[0]?.code ?? ''), JSON.stringify(notices)));
  for (const { viewer } of both) {
    const reply: Reply<JoinReply> = await new Promise((resolve) => viewer.socket.emit('join', { room: 'bans' }, resolve));
    assert.ok(!reply.ok && reply.error.code === 'banned', JSON.stringify(reply));
  }
  assert.equal(await outcomeOf(bob), 'ok');
  await eventually(async () => assert.equal((await call('GET', '/v1/rooms/bans')).online, 1));
  await call('POST', '/v1/users/bob/kick', {});
  await withinASecond(() => assert.equal(bob.viewer.disconnects, 1));
});

test('a recalled message disappears from viewers and history, and no later join gets it', { timeout: 60_000 }, async () => {
  const both = await onBothEdges('recalls', 'ann');
  await call('POST', '/v1/rooms/recalls/messages', { type: 'gift', data: { secret: 'text' }, id: 'oops' });
  for (const each of both) await eventually(() => assert.ok(types(each).includes('gift'), 'it arrived'));
  assert.equal((await call('DELETE', '/v1/rooms/recalls/messages/oops')).found, true);
  for (const each of both) await withinASecond(() => assert.deepEqual(each.viewer.msgs.find(({ type }) => type === 'recall')?.data, { id: 'oops' }));
  const late = await Promise.all([enter('recalls', 'bob', 0), enter('recalls', 'carl', 1)]);
  for (const { viewer } of late) assert.ok(!JSON.stringify(viewer.msgs).includes('secret'), JSON.stringify(viewer.msgs));
  assert.ok(!JSON.stringify(await call('GET', '/v1/rooms/recalls/history?lane=gift')).includes('secret'), 'history has it no more');
});

test('room modes are in force on both edges, and viewers are notified', { timeout: 60_000 }, async () => {
  const both = await onBothEdges('modes', 'ann');
  await call('PATCH', '/v1/rooms/modes', { modes: { mute_all: true } });
  for (const each of both) {
    await withinASecond(async () => assert.equal(await outcomeOf(each), 'room_muted'));
    await withinASecond(() => assert.deepEqual(each.viewer.msgs.find(({ type }) => type === 'room_state')?.data, { modes: { mute_all: true } }));
  }
  await call('PATCH', '/v1/rooms/modes', { modes: { mute_all: null } });
  for (const each of both) await withinASecond(async () => assert.equal(await outcomeOf(each), 'ok'));
});

test('a held message waits for review, whichever edge it was sent through', { timeout: 60_000 }, async () => {
  const [left, right] = await onBothEdges('words', 'ann');
  await call('PUT', '/v1/words/ads', { action: 'hold', words: ['加微信'], rooms: ['words'] });
  for (const each of [left, right]) await withinASecond(async () => assert.equal(await outcomeOf(each, `加 微 信 ${sent}`), 'held'));
  const { reviews } = await call('GET', '/v1/reviews');
  const bob = await enter('words', 'bob', 1);
  const [first, second] = reviews as { id: string }[];
  await call('POST', `/v1/reviews/${first?.id}/approve`);
  await call('POST', `/v1/reviews/${second?.id}/reject`);
  await eventually(() =>
    assert.deepEqual(
      bob.viewer.ids('chat').filter((id) => id === first?.id || id === second?.id),
      [first?.id],
    ),
  );
  await call('DELETE', '/v1/words/ads');
});

test('a message to a user and a broadcast reach each connection once, and receipt counts are exact', { timeout: 60_000 }, async () => {
  const ann = await onBothEdges('users', 'ann');
  const bob = await enter('elsewhere', 'bob', 1);
  const rooms = async () => (await call('GET', '/v1/rooms')).rooms.map(({ room }: { room: string }) => room);
  await eventually(async () => assert.deepEqual(await rooms(), ['elsewhere', 'users']));
  await call('POST', '/v1/users/ann/messages', { type: 'notice', data: 'for ann', id: 'to-ann', receipt: true });
  const { job } = await call('POST', '/v1/broadcasts', { rooms: '*', type: 'notice', data: 'for all', id: 'to-all', receipt: true });
  await call('POST', '/v1/rooms/users/messages', { type: 'gift', data: 1, id: 'later', delay_ms: 300 });
  const got = ({ viewer }: Watched) =>
    viewer.msgs
      .filter(({ type }: Msg) => type === 'notice' || type === 'gift')
      .map(({ id }) => id)
      .sort();
  for (const each of ann) await eventually(() => assert.deepEqual(got(each), ['later', 'to-all', 'to-ann']));
  await eventually(() => assert.deepEqual(got(bob), ['to-all']));
  await eventually(async () => assert.equal((await call('GET', `/v1/jobs/${job}`)).state, 'done'));
  for (const [id, count, where] of [
    ['to-ann', 2, ['@me']],
    ['to-all', 3, ['elsewhere', 'users']],
  ] as const) {
    await eventually(async () => {
      const { at: _at, ...receipts } = await call('GET', `/v1/messages/${id}/receipts`);
      assert.deepEqual(receipts, { id, state: 'final', sent: count, received: count, missing: 0, rooms: where });
    });
  }
});
