// Moderation through the admin API with two edge processes: decisions are in force on both edges within a second, and recalled messages
// are not shown to viewers who join later.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { Frame, HistoryReply, JoinReply, Msg, Notice, Reply } from '@danmux/protocol';
import { backendOf, edgeUrls, eventually, ProcessCluster, startRedis, TestViewer, testSecrets, testToken } from '../src/index.ts';

let cluster: ProcessCluster;
let opened: TestViewer[] = [];
before(async () => {
  cluster = await ProcessCluster.start({ edges: 2, relays: 1, apis: 1, workers: 1, redis: await startRedis({ args: ['--appendonly', 'yes'] }) });
});
after(() => cluster?.stop());
afterEach(() => {
  for (const viewer of opened) viewer.close();
  opened = [];
});

interface Told {
  readonly viewer: TestViewer;
  readonly notices: Notice[];
}

async function enter(room: string, user: string, edge: number, history = 0): Promise<Told> {
  const viewer = new TestViewer({ urls: [edgeUrls(cluster)[edge] ?? ''], room, token: await testToken(user), history });
  opened.push(viewer);
  const notices: Notice[] = [];
  viewer.socket.on('notice', (notice) => notices.push(notice));
  await viewer.joined();
  return { viewer, notices };
}
const onBoth = (room: string, user: string) => Promise.all([enter(room, user, 0), enter(room, user, 1)]);

async function ask(method: string, path: string, body: object = {}): Promise<unknown> {
  const [api] = cluster.of('api');
  const headers = { authorization: `Bearer ${testSecrets.DANMUX_API_KEY}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() };
  const response = await fetch(`${api?.url}${path}`, {
    method,
    headers,
    ...(method === 'DELETE' ? { headers: { authorization: headers.authorization } } : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === '' ? null : JSON.parse(text);
}
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
const join = (viewer: TestViewer, room: string, history = 50): Promise<Reply<JoinReply>> =>
  new Promise((resolve) => viewer.socket.emit('join', { room, history }, resolve));
const history = (viewer: TestViewer, room: string, lane: 'gift' | 'chat'): Promise<Reply<HistoryReply>> =>
  new Promise((resolve) => viewer.socket.emit('history', { room, lane, limit: 100 }, resolve));

/** Milliseconds from sending the request until the check passes; fails after one second. */
async function withinASecond(request: Promise<unknown>, check: () => void): Promise<number> {
  const since = performance.now();
  const asked = request;
  await eventually(check, { timeoutMs: 1_000, everyMs: 2 });
  const took = performance.now() - since;
  await asked;
  return took;
}

test('mute, ban and kick are in force on both edges within a second', { timeout: 60_000 }, async (t) => {
  const room = 'live:sanctions';
  const [one, two] = await onBoth(room, 'ann');
  const told = (code: string) => () => {
    for (const { notices } of [one, two]) assert.equal(notices.at(-1)?.code, code);
  };
  const took = { mute: 0, unmute: 0, ban: 0, kick: 0 };
  took.mute = await withinASecond(ask('PUT', `/v1/rooms/${room}/mutes/ann`, { for_ms: 60_000 }), told('muted'));
  for (const { viewer } of [one, two]) assert.equal(codeOf(await viewer.send('chat', { text: 'x' }, randomUUID())), 'muted');
  took.unmute = await withinASecond(ask('DELETE', `/v1/rooms/${room}/mutes/ann`), told('unmuted'));
  for (const { viewer } of [one, two]) assert.equal(codeOf(await viewer.send('chat', { text: 'x' }, randomUUID())), 'ok');
  took.kick = await withinASecond(ask('POST', `/v1/rooms/${room}/kick`, { user: 'ann' }), told('kicked'));
  for (const { viewer } of [one, two]) assert.equal(codeOf(await viewer.send('chat', { text: 'x' }, randomUUID())), 'not_joined');
  for (const { viewer } of [one, two]) assert.equal(codeOf(await join(viewer, room)), 'ok');
  took.ban = await withinASecond(ask('PUT', `/v1/rooms/${room}/bans/ann`, { for_ms: 60_000 }), told('banned'));
  for (const { viewer } of [one, two]) assert.equal(codeOf(await join(viewer, room)), 'banned');
  await ask('DELETE', `/v1/rooms/${room}/bans/ann`);
  for (const { viewer } of [one, two]) await eventually(async () => assert.equal(codeOf(await join(viewer, room)), 'ok'), { timeoutMs: 1_000 });
  t.diagnostic(`ms until both edges had notified: ${JSON.stringify(Object.fromEntries(Object.entries(took).map(([what, ms]) => [what, Math.round(ms)])))}`);
});

test('a ban from all rooms closes connections on both edges within a second and refuses new ones', { timeout: 60_000 }, async (t) => {
  const both = await onBoth('live:everywhere', 'eve');
  const ends = both.map(({ viewer }) => new Promise((resolve) => viewer.socket.once('disconnect', resolve)));
  const since = performance.now();
  await Promise.all([ask('PUT', '/v1/bans/eve'), ...ends]);
  const took = performance.now() - since;
  for (const { viewer } of both) await eventually(() => assert.ok(viewer.errors.includes('banned'), viewer.errors.join()));
  for (const { notices } of both) assert.deepEqual([notices.at(-1)?.code, notices.at(-1)?.room], ['banned', undefined]);
  t.diagnostic(`${Math.round(took)} ms`);
  assert.ok(took < 1_000, `${took} ms`);
});

test('slow mode is enforced across both edges', { timeout: 60_000 }, async () => {
  const room = 'live:slow';
  const [one, two] = await onBoth(room, 'ann');
  await ask('PATCH', `/v1/rooms/${room}`, { modes: { slow_ms: 2_000 } });
  await eventually(
    async () => {
      const replies = await Promise.all([one, two].map(({ viewer }) => viewer.send('chat', { text: 'x' }, randomUUID())));
      assert.deepEqual(replies.map(codeOf).sort(), ['ok', 'slow_mode']);
    },
    { timeoutMs: 8_000, everyMs: 2_100 },
  );
});

test('a recall removes a message for all viewers, and no later join on either edge gets it', { timeout: 60_000 }, async (t) => {
  const room = 'live:recall';
  const both = await onBoth(room, 'watcher');
  const backend = backendOf(cluster);
  const chat = await both[0].viewer.send('chat', { text: 'regret' }, randomUUID());
  assert.ok(chat.ok, JSON.stringify(chat));
  await backend.push({ room, type: 'gift', data: { gift: 'wrong' }, id: 'wrong-gift' });
  await backend.push({ room, type: 'gift', data: { gift: 'right' }, id: 'right-gift' });
  for (const { viewer } of both) await eventually(() => assert.ok(viewer.ids('gift').length === 2 && viewer.ids('chat').length === 1, 'both have all'));
  const taken = (viewer: TestViewer) => viewer.msgs.filter(({ type }) => type === 'recall').map(({ data }) => (data as { id: string }).id);
  let slowest = 0;
  for (const id of [chat.id, 'wrong-gift']) {
    const took = await withinASecond(ask('DELETE', `/v1/rooms/${room}/messages/${id}`), () => {
      for (const { viewer } of both) assert.ok(taken(viewer).includes(id), `${id} is still there`);
    });
    slowest = Math.max(slowest, took);
  }
  t.diagnostic(`${Math.round(slowest)} ms until both edges took it off the screen`);
  for (const edge of [0, 1]) {
    const { viewer } = await enter(room, `later-${edge}`, edge, 50);
    await noneShown(viewer, room, [chat.id, 'wrong-gift']);
    assert.ok(viewer.ids('gift').includes('right-gift'), 'the others stay');
  }
});

test('all messages of a user, and of a room, leave both edges, history and later joins within a second', { timeout: 60_000 }, async (t) => {
  const rooms = ['live:bulk-1', 'live:bulk-2'] as const;
  const both = await onBoth(rooms[0], 'watcher');
  const other = await enter(rooms[1], 'watcher-2', 1);
  const backend = backendOf(cluster);
  const say = (room: string, id: string, user: string, type = 'chat') => backend.push({ room, type, data: { text: id }, from: { id: user }, id });
  for (const [room, viewers] of [
    [rooms[0], both],
    [rooms[1], [other]],
  ] as const) {
    for (const n of [1, 2, 3]) await say(room, `${room}-eve${n}`, 'eve');
    await say(room, `${room}-gift`, 'eve', 'gift');
    await say(room, `${room}-bob`, 'bob');
    for (const { viewer } of viewers)
      await eventually(() => assert.ok(viewer.ids('chat').length === 4 && viewer.ids('gift').length === 1, 'all messages arrived'));
  }
  const recalls = ({ viewer }: Told) =>
    viewer.msgs.filter(({ type }) => type === 'recall').map(({ data }) => data as { user?: string; all?: true; positions: object });
  const everywhere = await withinASecond(ask('POST', '/v1/users/eve/recall'), () => {
    for (const told of [...both, other])
      assert.deepEqual(
        recalls(told).map(({ user }) => user),
        ['eve'],
      );
  });
  await say(rooms[0], 'eve-again', 'eve');
  for (const { viewer } of both) await eventually(() => assert.ok(viewer.ids('chat').includes('eve-again'), 'later messages arrive'));
  const gone = [1, 2, 3].map((n) => `${rooms[0]}-eve${n}`).concat(`${rooms[0]}-gift`);
  for (const edge of [0, 1]) {
    const { viewer } = await enter(rooms[0], `later-${edge}`, edge, 50);
    await noneShown(viewer, rooms[0], gone);
    assert.deepEqual(
      viewer.msgs.filter(({ type }) => type === 'chat').map(({ id }) => id),
      [`${rooms[0]}-bob`, 'eve-again'],
    );
  }
  const cleared = await withinASecond(ask('POST', `/v1/rooms/${rooms[0]}/recall`, { all: true }), () => {
    for (const told of both) assert.equal(recalls(told).at(-1)?.all, true);
  });
  for (const edge of [0, 1]) await noneShown((await enter(rooms[0], `last-${edge}`, edge, 50)).viewer, rooms[0], [...gone, `${rooms[0]}-bob`, 'eve-again']);
  t.diagnostic(`${Math.round(everywhere)} ms in two rooms, ${Math.round(cleared)} ms to clear one`);
});

test('a bulk recall drops messages of the user that wait in the ingress', { timeout: 60_000 }, async () => {
  const room = 'live:early-bulk';
  const both = await onBoth(room, 'watcher');
  const relay = cluster.of('relay')[0]?.process;
  relay?.signal('SIGSTOP');
  const backend = backendOf(cluster);
  await backend.push({ room, type: 'gift', data: {}, from: { id: 'eve' }, id: 'queued' });
  await backend.push({ room, type: 'gift', data: {}, from: { id: 'bob' }, id: 'meant' });
  await ask('PUT', `/v1/rooms/${room}/bans/eve`, { for_ms: 60_000, recall: true });
  relay?.signal('SIGCONT');
  for (const { viewer } of both) await eventually(() => assert.ok(viewer.ids('gift').includes('meant'), 'the next one arrives'), { timeoutMs: 15_000 });
  for (const { viewer } of both) assert.ok(!viewer.ids('gift').includes('queued'), 'never delivered');
});

test('a message recalled while it waits in the ingress is never delivered', { timeout: 60_000 }, async () => {
  const room = 'live:early-recall';
  const both = await onBoth(room, 'watcher');
  const relay = cluster.of('relay')[0]?.process;
  relay?.signal('SIGSTOP');
  const backend = backendOf(cluster);
  await backend.push({ room, type: 'gift', data: {}, id: 'too-soon' });
  await backend.push({ room, type: 'gift', data: {}, id: 'meant' });
  await ask('DELETE', `/v1/rooms/${room}/messages/too-soon`);
  relay?.signal('SIGCONT');
  for (const { viewer } of both) await eventually(() => assert.ok(viewer.ids('gift').includes('meant'), 'the next one arrives'), { timeoutMs: 15_000 });
  for (const { viewer } of both) assert.ok(!viewer.msgs.some(({ id, type }) => id === 'too-soon' && type !== 'recalled'), 'never shown');
  for (const edge of [0, 1]) await noneShown((await enter(room, `later-${edge}`, edge, 50)).viewer, room, ['too-soon']);
});

test('a message to a user reaches its connections on both edges, and a broken connection recovers the rest by position', { timeout: 60_000 }, async () => {
  const user = 'vip';
  const token = await testToken(user);
  const frames = (viewer: TestViewer, into: Msg[]) => viewer.socket.on('frame', (frame: Frame) => frame.room === '@me' && into.push(...frame.msgs));
  const [one, two] = await onBoth('live:own', user);
  const seen: [Msg[], Msg[]] = [[], []];
  frames(one.viewer, seen[0]);
  frames(two.viewer, seen[1]);
  const joined = await join(one.viewer, '@me', 0);
  assert.ok(joined.ok, JSON.stringify(joined));
  const tell = (id: string) => ask('POST', `/v1/users/${user}/messages`, { type: 'notice', data: { id }, id });
  await tell('first');
  for (const own of seen)
    await eventually(() =>
      assert.deepEqual(
        own.map(({ id }) => id),
        ['first'],
      ),
    );
  const { positions } = joined;
  const last = seen[0][0];
  const known = { ...positions, control: { epoch: positions.control?.epoch ?? '', offset: last?.offset ?? 0 } };
  const [node] = cluster.of('edge');
  assert.ok(node, 'an edge');
  one.viewer.close();
  await node.process.stop('SIGKILL');
  await tell('second');
  await tell('third');
  await eventually(() =>
    assert.deepEqual(
      seen[1].map(({ id }) => id),
      ['first', 'second', 'third'],
    ),
  );
  const back = new TestViewer({ urls: [edgeUrls(cluster)[1] ?? ''], room: 'live:own', token, history: 0 });
  opened.push(back);
  await back.joined();
  const again: Reply<JoinReply> = await new Promise((resolve) => back.socket.emit('join', { room: '@me', positions: known }, resolve));
  assert.ok(again.ok, JSON.stringify(again));
  assert.deepEqual([again.msgs.map(({ id }) => id), again.recovered.control, again.online], [['second', 'third'], true, 2]);
  await cluster.restart(node);
});

test('during a store outage the last known rules stay in force, rooms with unknown rules cannot be joined, and new rules apply afterwards', {
  timeout: 90_000,
}, async () => {
  const room = 'live:away';
  const muted = await onBoth(room, 'ann');
  const others = await onBoth(room, 'bob');
  await withinASecond(ask('PUT', `/v1/rooms/${room}/mutes/ann`), () => {
    for (const { notices } of muted) assert.equal(notices.at(-1)?.code, 'muted');
  });
  await cluster.redis.kill();
  const code = async ({ viewer }: Told) => codeOf(await viewer.send('chat', { text: 'x' }, randomUUID()));
  await eventually(async () => assert.deepEqual(await Promise.all(others.map(code)), ['unavailable', 'unavailable']));
  assert.deepEqual(await Promise.all(muted.map(code)), ['muted', 'muted']);
  for (const { viewer } of others) assert.equal(codeOf(await join(viewer, 'live:never-held')), 'unavailable');
  await cluster.redis.start();
  await eventually(() => ask('PUT', `/v1/rooms/${room}/bans/bob`, { for_ms: 60_000 }), { timeoutMs: 10_000, everyMs: 100 });
  for (const { notices } of others) await eventually(() => assert.equal(notices.at(-1)?.code, 'banned'), { timeoutMs: 5_000 });
  for (const { viewer } of others) assert.equal(codeOf(await join(viewer, room)), 'banned');
});

async function noneShown(viewer: TestViewer, room: string, ids: readonly string[]): Promise<void> {
  const pages = await Promise.all((['gift', 'chat'] as const).map((lane) => history(viewer, room, lane)));
  const all = [...viewer.msgs, ...pages.flatMap((page) => (page.ok ? page.msgs : []))];
  assert.deepEqual(
    all.filter(({ id, type }) => ids.includes(id) && type !== 'recalled').map(({ id }) => id),
    [],
  );
}
