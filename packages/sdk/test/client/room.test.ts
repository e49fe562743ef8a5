// Room with a simulated server: repeated messages, gaps, epochs, modes, sanctions, hidden pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { control, enter, enterRoom, frame, msg, position, settled } from './played-room.ts';

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

test('`away` is emitted once per lost connection, only by a joined room', async () => {
  const { server, room } = await enter();
  const away: string[] = [];
  room.on('away', ({ state }) => away.push(state));
  (server as { state: string }).state = 'connecting';
  room.disconnected();
  room.disconnected();
  assert.deepEqual(away, ['connecting']);
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
