// Room with a simulated server: repeated messages, gaps, epochs, recalls, receipts, sanctions, hidden pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, type Frame, type JoinReply, type JoinRequest, limits, type Msg } from '@danmux/protocol';
import { eventually } from '@danmux/testkit/unit';
import type { Connection } from '../../src/client/connection.ts';
import { Room } from '../../src/client/room.ts';
import { ServerTime } from '../../src/client/server-time.ts';

const position = (offset: number, epoch = 'e') => ({ epoch, offset });

class PlayedServer {
  readonly state = 'online';
  readonly time = new ServerTime();
  readonly requests: JoinRequest[] = [];
  readonly answers: Partial<JoinReply>[] = [];
  readonly receipts: string[][] = [];
  /** Errors for the next receipt requests. */
  readonly refusals: DanmuxError[] = [];
  /** Replies to the next history requests. */
  readonly pages: { msgs: Msg[]; more: boolean }[] = [];
  readonly asked: object[] = [];
  async request(event: string, payload: object, onReply?: (reply: object) => void): Promise<object> {
    if (event === 'receipt') return this.#receipt(payload as { ids: string[] });
    if (event === 'history') {
      this.asked.push(payload);
      return this.pages.shift() ?? { msgs: [], more: false };
    }
    this.requests.push(payload as JoinRequest);
    const reply = {
      room: 'r',
      online: 1,
      positions: { control: position(0), gift: position(0), chat: position(0) },
      recovered: {},
      msgs: [],
      ...this.answers.shift(),
    };
    await Promise.resolve();
    onReply?.(reply);
    return reply;
  }
  #receipt({ ids }: { ids: string[] }): object {
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.receipts.push(ids);
    return {};
  }
}

const msg = (lane: 'gift' | 'chat' | 'ambient', offset: number | undefined, id = `${lane}${offset}`): Msg => ({
  id,
  lane,
  type: lane,
  data: {},
  ts: 0,
  ...(offset === undefined ? {} : { offset }),
});
const frame = (...msgs: Msg[]): Frame => ({ room: 'r', msgs });

const control = (offset: number, type: string, data: unknown, id = `control${offset}`): Msg => ({ id, lane: 'control', offset, type, data, ts: 0 });
const tombstone = (lane: 'gift' | 'chat', offset: number, id: string): Msg => ({ id, lane, offset, type: 'recalled', data: null, ts: 0 });
const asking = (offset: number, id?: string): Msg => ({ ...msg('gift', offset, id), receipt: true });

const enter = (...answers: Partial<JoinReply>[]) => enterRoom('r', ...answers);

async function enterRoom(name: string, ...answers: Partial<JoinReply>[]) {
  const server = new PlayedServer();
  server.answers.push(...answers);
  const room = new Room(name, server as unknown as Connection, { url: '' }, () => {});
  const ids: string[] = [];
  const gaps: string[] = [];
  const recalled: string[] = [];
  room.on('recalled', ({ id }) => recalled.push(id));
  room.on('message', ({ id }) => ids.push(id));
  room.on('gap', ({ lane, count, reason }) => gaps.push(`${lane} ${count} ${reason}`));
  const unsent: string[] = [];
  room.on('unsent', ({ error }) => unsent.push(error.code));
  room.connected();
  await settled();
  return { server, room, ids, gaps, recalled, unsent };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a repeated message is delivered once, recognized by offset or by id', async () => {
  const { room, ids } = await enter();
  room.frame(frame(msg('gift', 1), msg('gift', 1), msg('ambient', undefined, 'a'), msg('ambient', undefined, 'a')));
  assert.deepEqual(ids, ['gift1', 'a']);
});

test('a gap in gifts is recovered by a join with the old position before later messages are delivered', async () => {
  const { server, room, ids } = await enter(
    {},
    {
      recovered: { gift: true, chat: true, control: true },
      positions: { gift: position(4), chat: position(1), control: position(0) },
      msgs: [msg('gift', 2), msg('gift', 3), msg('gift', 4)],
    },
  );
  room.frame(frame(msg('gift', 1), msg('chat', 1)));
  room.frame(frame(msg('gift', 4)));
  assert.deepEqual(ids, ['gift1', 'chat1']);
  await settled();
  assert.deepEqual(server.requests[1]?.positions?.gift, position(1));
  assert.deepEqual(ids, ['gift1', 'chat1', 'gift2', 'gift3', 'gift4']);
  assert.deepEqual(room.positions.gift, position(4));
});

test('messages of a join that follow in frames continue its positions, and are as old as their time says', async () => {
  const { server, room, ids, gaps } = await enter({
    positions: { control: position(0), gift: position(2), chat: position(7) },
    msgs: [msg('gift', 1), msg('gift', 2)],
    following: 3,
    now: 60_000,
  });
  const ages: number[] = [];
  room.on('message', (one) => ages.push(Math.round(room.ageMs(one) / 1_000)));
  room.frame(frame(msg('gift', 3), msg('chat', 8)));
  room.frame(frame(msg('chat', 9)));
  room.frame(frame(msg('gift', 4), msg('chat', 10)));
  assert.deepEqual(ids, ['gift1', 'gift2', 'gift3', 'chat8', 'chat9', 'gift4', 'chat10']);
  assert.deepEqual(ages, [60, 60, 60, 0, 0], 'the last two are live');
  assert.deepEqual([room.positions.gift, room.positions.chat, server.requests.length, gaps], [position(4), position(10), 1, []]);
});

test('a connection that is lost while messages follow is continued where they ended', async () => {
  const positions = { control: position(0), gift: position(1), chat: position(0) };
  const { server, room } = await enter({ positions, msgs: [msg('gift', 1)], following: 3 }, { recovered: { gift: true }, positions });
  room.frame(frame(msg('gift', 2)));
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual(server.requests[1]?.positions?.gift, position(2));
});

test('a gap in chat does not cause a join', async () => {
  const { server, room, ids } = await enter();
  room.frame(frame(msg('chat', 1)));
  room.frame(frame(msg('chat', 5)));
  assert.deepEqual(ids, ['chat1', 'chat5']);
  assert.equal(server.requests.length, 1);
});

test("unrecovered messages are reported as a gap, and the room continues at the server's position", async () => {
  const { room, ids, gaps } = await enter(
    { positions: { gift: position(3) } },
    { recovered: { gift: false }, positions: { gift: position(9) }, msgs: [msg('gift', 9)] },
  );
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual(gaps, ['gift 6 not_recovered']);
  assert.deepEqual(ids, ['gift9']);
  room.frame(frame(msg('gift', 10)));
  assert.deepEqual(ids, ['gift9', 'gift10']);
});

test('lost history without a new position causes a join', async () => {
  const { server, room, ids, gaps } = await enter(
    { positions: { gift: position(7) } },
    { recovered: { gift: false }, positions: { gift: position(1, 'f') }, msgs: [msg('gift', 1, 'new')] },
  );
  room.gap({ room: 'r', lane: 'gift', count: 0, reason: 'history_lost' });
  await settled();
  assert.equal(server.requests.length, 2);
  assert.deepEqual(ids, ['new']);
  assert.deepEqual(gaps, ['gift 0 history_lost', 'gift 0 not_recovered']);
  assert.deepEqual(room.positions.gift, position(1, 'f'));
});

test('lost history with the position of the new epoch causes no join, and no message is delivered twice', async () => {
  const { room, ids, gaps, server } = await enter({ positions: { gift: position(3), chat: position(5) } });
  room.frame(frame(msg('gift', 4, 'b'), msg('chat', 6)));
  room.gap({ room: 'r', lane: 'gift', count: 0, reason: 'history_lost', position: position(2, 'f') });
  room.gap({ room: 'r', lane: 'chat', count: 0, reason: 'history_lost', position: position(0, 'f') });
  room.frame(frame(msg('gift', 3, 'c1'), msg('gift', 4, 'b'), msg('gift', 5, 'c2'), msg('chat', 1, 'hi')));
  await settled();
  assert.deepEqual(ids, ['b', 'chat6', 'c1', 'c2', 'hi']);
  assert.deepEqual([room.positions.gift, room.positions.chat, server.requests.length], [position(5, 'f'), position(1, 'f'), 1]);
  assert.deepEqual(gaps, ['gift 0 history_lost', 'chat 0 history_lost']);
  // The same gap may arrive late, after frames of the new epoch.
  room.gap({ room: 'r', lane: 'gift', count: 0, reason: 'history_lost', position: position(2, 'f') });
  assert.deepEqual(room.positions.gift, position(5, 'f'));
});

test('messages of a join without recovery are delivered once', async () => {
  const { room, ids } = await enter(
    { positions: { gift: position(2) } },
    { positions: { gift: position(4, 'f') }, recovered: { gift: false }, msgs: [msg('gift', 3, 'b'), msg('gift', 4, 'c')] },
  );
  room.frame(frame(msg('gift', 3, 'b')));
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual(ids, ['b', 'c']);
});

test('a recall is emitted once and not as a message; a recalled message that arrives later is not delivered', async () => {
  const { room, ids, recalled } = await enter();
  room.frame(frame(msg('chat', 1, 'a')));
  room.frame(frame(control(1, 'recall', { id: 'a' }), control(2, 'recall', { id: 'b' }), control(3, 'recall', { id: 'a' })));
  room.frame(frame(msg('chat', 2, 'b'), msg('chat', 3, 'c')));
  assert.deepEqual(ids, ['a', 'c']);
  assert.deepEqual(recalled, ['a', 'b']);
  assert.deepEqual(room.positions, { control: position(3), gift: position(0), chat: position(3) });
});

test('a recall without an id is ignored', async () => {
  const { room, ids, recalled } = await enter();
  room.frame(frame(control(1, 'recall', null), control(2, 'recall', { id: 7 }), control(3, 'notice', { text: 'on' })));
  assert.deepEqual([ids, recalled], [['control3'], []]);
});

test('a tombstone is not delivered, and recalls the message if it was delivered before', async () => {
  const { room, ids, recalled } = await enter(
    { msgs: [msg('chat', 1, 'a'), tombstone('chat', 2, 'b')] },
    { positions: { chat: position(5) }, recovered: { chat: false }, msgs: [tombstone('chat', 1, 'a'), tombstone('chat', 4, 'd'), msg('chat', 5, 'e')] },
  );
  assert.deepEqual(ids, ['a']);
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual([ids, recalled], [['a', 'e'], ['a']]);
});

test('recalled parts of a combo are removed before delivery; a combo without parts is not delivered', async () => {
  const { room, server } = await enter();
  const given: [string, unknown][] = [];
  room.on('message', ({ id, data }) => given.push([id, data]));
  const combo = (offset: number, id: string, ...parts: string[]): Msg => ({
    ...msg('gift', offset, id),
    data: { gift: 'rocket', count: parts.length * 10 },
    parts: parts.map((part) => ({ id: part, count: 10 })),
  });
  room.frame(frame(control(1, 'recall', { id: 'b' }), control(2, 'recall', { id: 'z' }), combo(1, 'b', 'a', 'b'), combo(2, 'd', 'c', 'd'), combo(3, 'z', 'z')));
  assert.deepEqual(given, [
    ['b', { gift: 'rocket', count: 10 }],
    ['d', { gift: 'rocket', count: 20 }],
  ]);
  server.pages.push({ msgs: [combo(1, 'b', 'a', 'b'), combo(3, 'z', 'z')], more: false });
  assert.deepEqual(
    (await room.history({ lane: 'gift' })).msgs.map(({ id, parts }) => [id, parts]),
    [['b', [{ id: 'a', count: 10 }]]],
  );
});

test('history leaves out recalled messages, and requests the next page when a page has no others', async () => {
  const { room, server } = await enter();
  room.frame(frame(control(1, 'recall', { id: 'x' })));
  server.pages.push(
    { msgs: [msg('chat', 8, 'x'), tombstone('chat', 9, 'y')], more: true },
    { msgs: [msg('chat', 6, 'u'), tombstone('chat', 7, 'w')], more: true },
  );
  const page = await room.history({ limit: 2 });
  assert.deepEqual([page.msgs.map(({ id }) => id), page.more], [['u'], true]);
  assert.deepEqual(server.asked, [
    { room: 'r', limit: 2 },
    { room: 'r', limit: 200, before: 8 },
  ]);
  server.pages.push({ msgs: [tombstone('chat', 1, 'v')], more: false });
  assert.deepEqual(await room.history(), { msgs: [], more: false });
});

test("the room's modes are stored and emitted as `modes`, not as messages", async () => {
  const { room, ids } = await enter({ positions: { control: position(1) }, msgs: [control(1, 'room_state', { modes: { slow_ms: 2_000 } })] });
  const told: object[] = [];
  room.on('modes', (modes) => told.push(modes));
  assert.deepEqual(room.modes, { slow_ms: 2_000 });
  room.frame(frame(control(2, 'room_state', { modes: { mute_all: true } }), control(3, 'room_state', { modes: {} })));
  assert.deepEqual([told, room.modes, ids], [[{ mute_all: true }, {}], {}, []]);
});

test('the modes of the join reply override older ones, and are emitted only when changed', async () => {
  const { room, server } = await enter(
    { msgs: [control(1, 'room_state', { modes: { mute_all: true } })], modes: { slow_ms: 2_000 } },
    { modes: { slow_ms: 2_000 } },
    {},
  );
  assert.deepEqual(room.modes, { slow_ms: 2_000 });
  const told: object[] = [];
  room.on('modes', (modes) => told.push(modes));
  for (const expected of [2, 3]) {
    room.connected();
    await eventually(() => assert.equal(server.requests.length, expected));
  }
  assert.deepEqual([told, room.modes], [[], { slow_ms: 2_000 }]);
});

test('receipts are sent after delivery, in one request, once per message', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server, ids } = await enter({ msgs: [asking(1, 'a')] });
  room.frame(frame(asking(1, 'b'), msg('gift', 2), asking(3, 'c')));
  assert.deepEqual(ids, ['a', 'b', 'gift2', 'c']);
  t.mock.timers.tick(99);
  assert.deepEqual(server.receipts, []);
  t.mock.timers.tick(1);
  assert.deepEqual(server.receipts, [['a', 'b', 'c']]);
  await settled();
  room.frame(frame(asking(3, 'c'), asking(4, 'a'), asking(5, 'd')));
  t.mock.timers.tick(100);
  assert.deepEqual(server.receipts.slice(1), [['d']]);
});

test('ids beyond the limit of one receipt request are sent in the next', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server } = await enter();
  for (let i = 1; i <= limits.receiptIds + 1; i++) room.frame(frame(asking(i)));
  t.mock.timers.tick(100);
  await settled();
  t.mock.timers.tick(100);
  assert.deepEqual(
    server.receipts.map(({ length }) => length),
    [limits.receiptIds, 1],
  );
});

test('an unanswered receipt is retried, also on the next connection; a refused one is not', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server } = await enter();
  server.refusals.push(new DanmuxError('unavailable'), new DanmuxError('rate_limited', { retryAfterMs: 3_000 }));
  room.frame(frame(asking(1)));
  t.mock.timers.tick(100);
  await settled();
  room.disconnected();
  t.mock.timers.tick(5_000);
  assert.deepEqual(server.refusals.length, 1, 'no receipt is sent while disconnected');
  room.connected();
  await settled();
  t.mock.timers.tick(100);
  await settled();
  t.mock.timers.tick(3_099);
  assert.deepEqual(server.receipts, []);
  t.mock.timers.tick(201);
  assert.deepEqual(server.receipts, [['gift1']]);
  await settled();
  server.refusals.push(new DanmuxError('not_joined'));
  room.frame(frame(asking(1, 'other')));
  t.mock.timers.tick(100);
  await settled();
  t.mock.timers.tick(60_000);
  assert.deepEqual([server.receipts.length, server.refusals.length], [1, 0]);
});

test('`away` is emitted once per lost connection, only by a joined room', async () => {
  const { server, room } = await enter();
  const away: string[] = [];
  room.on('away', ({ state }) => away.push(state));
  (server as { state: string }).state = 'connecting';
  room.disconnected();
  room.disconnected();
  assert.deepEqual(away, ['connecting']);
});

test('a room that was left sends no receipts', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { room, server } = await enter();
  room.frame(frame(asking(1)));
  room.end();
  t.mock.timers.tick(1_000);
  assert.deepEqual(server.receipts, []);
});

test('a kicked viewer gets the notice, receives no messages and cannot send until the next connection', async () => {
  const { room, ids, server } = await enter();
  const codes: string[] = [];
  room.on('notice', ({ code }) => codes.push(code));
  room.notice({ code: 'muted', room: 'r', message: 'for a minute' });
  room.frame(frame(msg('chat', 1)));
  room.notice({ code: 'kicked', room: 'r', message: 'out' });
  room.frame(frame(msg('chat', 2)));
  room.gap({ room: 'r', lane: 'gift', count: 0, reason: 'history_lost' });
  await settled();
  assert.deepEqual([codes, ids, room.joined, server.requests.length], [['muted', 'kicked'], ['chat1'], false, 1]);
  await assert.rejects(room.send('chat', 'x'), { code: 'banned', message: 'out' });
  room.disconnected();
  room.connected();
  await settled();
  assert.equal(room.joined, true);
});

test('a short ban ends with a join; a ban longer than setTimeout supports starts no timer', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const { room, server } = await enter();
  room.notice({ code: 'banned', room: 'r', message: 'out', until: Date.now() + 60_000 });
  t.mock.timers.tick(60_000);
  assert.equal(server.requests.length, 1);
  t.mock.timers.tick(400);
  await settled();
  assert.deepEqual([server.requests.length, room.joined, room.refusal], [2, true, undefined]);
  room.notice({ code: 'banned', room: 'r', message: 'out', until: Date.now() + 1_000 * 365 * 86_400_000 });
  t.mock.timers.tick(60_000);
  assert.deepEqual([server.requests.length, room.joined], [2, false]);
  room.notice({ code: 'unbanned', room: 'r', message: 'in' });
  await settled();
  assert.deepEqual([server.requests.length, room.joined], [3, true]);
});

test("the join reply sets the server's time: messages from history have an age by their `ts`, live messages are new", async () => {
  const hour = 3_600_000;
  const { room, server } = await enter({ now: Date.now() + hour });
  assert.ok(Math.abs(room.serverTime() - Date.now() - hour) < 1_000);
  const old = { ...msg('gift', 1), ts: room.serverTime() - 20_000 };
  server.answers.push({ recovered: { gift: true, control: true, chat: true }, msgs: [old] });
  const ages: number[] = [];
  room.on('message', (given) => ages.push(room.ageMs(given)));
  room.joinAgain();
  await settled();
  room.frame(frame({ ...msg('gift', 2), ts: old.ts }));
  assert.ok((ages[0] ?? 0) >= 20_000 && (ages[1] ?? 20_000) < 1_000, `${ages}`);
});

test('skipped offsets in the personal room cause no join', async () => {
  const { room, server, ids, gaps } = await enterRoom('@me', {}, { positions: { gift: position(50) }, recovered: { gift: false } });
  room.frame(frame(msg('gift', 4), msg('gift', 9), msg('gift', 4)));
  assert.deepEqual([ids, server.requests.length, room.positions.gift], [['gift4', 'gift9'], 1, position(9)]);
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual(server.requests[1]?.positions?.gift, position(9));
  assert.deepEqual(gaps, ['gift 0 not_recovered'], 'the number of missed personal messages is unknown');
  server.answers.push({ positions: { gift: position(70) }, recovered: { gift: true }, msgs: [msg('gift', 60)] });
  room.disconnected();
  room.connected();
  await settled();
  assert.deepEqual([ids, room.positions.gift], [['gift4', 'gift9', 'gift60'], position(70)]);
});

test('while hidden, gifts are delivered and chat is buffered; dropped chat is reported as a gap', async () => {
  const { room, ids, gaps } = await enter();
  room.setVisible(false);
  room.frame(frame(msg('gift', 1), ...Array.from({ length: 60 }, (_, i) => msg('chat', i + 1)), msg('ambient', undefined, 'likes')));
  assert.deepEqual(ids, ['gift1', 'likes']);
  room.frame(frame(control(1, 'recall', { id: 'chat60' })));
  room.setVisible(true);
  assert.deepEqual(gaps, ['chat 10 hidden']);
  assert.deepEqual(
    ids.slice(2),
    Array.from({ length: 49 }, (_, i) => `chat${i + 11}`),
  );
  room.frame(frame(msg('chat', 61)));
  assert.equal(ids.at(-1), 'chat61');
  room.setVisible(false);
  room.setVisible(true);
  assert.deepEqual(gaps, ['chat 10 hidden'], 'the second time nothing was dropped');
});

test('`sending` is emitted immediately with the cid; a room that was left emits no `unsent`', async () => {
  const { room, unsent } = await enter();
  const sending: unknown[] = [];
  room.on('sending', (message) => sending.push(message));
  const sent = room.send('chat', { text: 'hi' }, { cid: 'mine' });
  assert.deepEqual(sending, [{ cid: 'mine', type: 'chat', data: { text: 'hi' } }]);
  room.end();
  await sent;
  await assert.rejects(room.send('chat', 'x'), { code: 'unavailable' });
  assert.deepEqual(unsent, [], 'a room that was left emits no events');
});

const by = (lane: 'gift' | 'chat', offset: number, user: string, more: Partial<Msg> = {}): Msg => ({ ...msg(lane, offset), from: { id: user }, ...more });

test('a recall of a user emits `recalled` for each delivered message of the user up to its positions, gifts of combos by their parts', async () => {
  const { server, room, ids, recalled } = await enter();
  server.pages.push({ msgs: [by('chat', 1, 'ann', { id: 'old' })], more: false });
  await room.history();
  const parts = {
    parts: [
      { id: 'p1', count: 1 },
      { id: 'p2', count: 2 },
    ],
  };
  room.frame(frame(by('gift', 1, 'ann', parts), by('chat', 2, 'ann'), by('chat', 3, 'bob'), by('chat', 4, 'ann')));
  room.frame(frame(control(1, 'recall', { user: 'ann', positions: { gift: position(1), chat: position(3) } })));
  assert.deepEqual(recalled.sort(), ['chat2', 'old', 'p1', 'p2']);
  room.frame(frame(control(2, 'recall', { user: 'ann', positions: { gift: position(1), chat: position(3) } })));
  assert.equal(recalled.length, 4, 'a repeated recall emits nothing');
  room.frame(frame(by('chat', 5, 'ann')));
  assert.equal(ids.at(-1), 'chat5', 'later messages are delivered');
});

test('clearing a room takes back everything delivered, and what arrives late with a covered offset is not delivered', async () => {
  const { room, ids, recalled } = await enter();
  room.setVisible(false);
  room.frame(frame(by('gift', 1, 'ann'), by('chat', 2, 'bob')));
  room.frame(frame(control(1, 'recall', { all: true, positions: { gift: position(1), chat: position(9) } }), by('chat', 4, 'eve')));
  room.setVisible(true);
  room.frame(frame(by('chat', 10, 'eve')));
  assert.deepEqual([ids, recalled], [['gift1', 'chat10'], ['gift1']]);
});

test('a recall of an ended epoch does not cover the offsets of the new one', async () => {
  const { room, ids, recalled } = await enter();
  room.frame(frame(by('chat', 1, 'ann'), control(1, 'recall', { all: true, positions: { gift: position(0), chat: position(9) } })));
  room.gap({ room: 'r', lane: 'chat', count: 0, reason: 'history_lost', position: position(1, 'f') });
  room.frame(frame(by('chat', 2, 'ann')));
  assert.deepEqual([ids, recalled], [['chat1', 'chat2'], ['chat1']]);
});
