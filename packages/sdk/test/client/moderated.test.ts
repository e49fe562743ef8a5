// Moderation by the backend, through real edges: recalls, receipts, modes, personal messages, sanctions.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DanmuxError, Msg, Notice } from '@danmux/protocol';
import { type EdgeFixture, room } from '@danmux/testkit/edge-fixture';
import { eventually } from '@danmux/testkit/unit';
import { type ClientOptions, createClient, giftOf } from '../../src/index.ts';
import { closesAfter, openEdge } from './opened.ts';

async function recall(fixture: EdgeFixture, id: string) {
  const found = await fixture.bus.streams.recall(room, id);
  await fixture.push('recall', `recall-${id}`, room, { data: { id }, marks: { recalls: id } });
  return found;
}

async function watch(options: ClientOptions) {
  const client = createClient(options);
  closesAfter(client);
  const joined = client.join(room);
  const msgs: Msg[] = [];
  const own: Msg[] = [];
  const recalled: string[] = [];
  const notices: Notice[] = [];
  joined.on('message', (msg) => msgs.push(msg));
  joined.on('recalled', ({ id }) => recalled.push(id));
  joined.on('notice', (notice) => notices.push(notice));
  client.on('message', (msg) => own.push(msg));
  const there = () => {
    assert.equal(joined.joined, true, 'the room is joined');
    assert.equal(client.me?.joined ?? true, true, "the user's own messages are joined");
  };
  await eventually(there);
  return { client, room: joined, msgs, own, recalled, notices, there, ids: (of = msgs) => of.map(({ id }) => id) };
}

test('a recall reaches viewers who received the message, and hides it from later ones', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  for (const id of ['a', 'b']) await fixture.push('chat', id);
  await eventually(() => assert.deepEqual(ann.ids(), ['a', 'b']));
  await recall(fixture, 'a');
  await eventually(() => assert.deepEqual(ann.recalled, ['a']));
  assert.deepEqual(
    (await ann.room.history()).msgs.map(({ id }) => id),
    ['b'],
  );
  const bob = await watch({ url: fixture.url, token: await fixture.token('bob') });
  assert.deepEqual(bob.ids(), ['b']);
});

test('recalling any gift of a combo subtracts its count for viewers and in history', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const give = (id: string) => fixture.push('gift', id, room, { data: { gift: 'rocket', count: '10', combo_id: 'c' } });
  for (const id of ['g0', 'g1', 'g2']) await give(id);
  await eventually(() => assert.deepEqual(ann.ids(), ['g0', 'g2']));
  assert.deepEqual(giftOf(ann.msgs[1] as Msg).parts, [
    { id: 'g1', count: 10 },
    { id: 'g2', count: 10 },
  ]);
  const shown = (msgs: readonly Msg[]) => msgs.reduce((sum, msg) => sum + giftOf(msg).count, 0);
  assert.equal(shown(ann.msgs), 30);
  const left = { g1: 20, g2: 10, g0: 0 };
  for (const [id, count] of Object.entries(left)) {
    assert.deepEqual(await recall(fixture, id), { found: true });
    await eventually(() => assert.equal(ann.recalled.at(-1), id));
    assert.equal(shown((await ann.room.history({ lane: 'gift' })).msgs), count, `history without ${id}`);
    const late = await watch({ url: fixture.url, token: await fixture.token(`late-${id}`) });
    assert.equal(shown(late.msgs), count, `a viewer who joins after the recall of ${id}`);
  }
});

test('receipts are sent and counted on the edge', async () => {
  const fixture = await openEdge();
  await watch({ url: fixture.url, token: await fixture.token('ann') });
  await watch({ url: fixture.url, token: await fixture.token('bob') });
  for (const id of ['g1', 'g2']) {
    await fixture.bus.receipts.open(id, room, Date.now());
    await fixture.push('gift', id, room, { marks: { receipt: true } });
  }
  await eventually(async () => {
    for (const id of ['g1', 'g2']) {
      const counts = (await fixture.bus.receipts.find(id))?.counts.map(({ sent, received }) => [sent, received]);
      assert.deepEqual(counts, [[2, 2]], id);
    }
  });
});

test('a personal message reaches all clients of its user and no other user, outside any room', async () => {
  const fixture = await openEdge();
  const token = await fixture.token('ann');
  const [first, second] = [await watch({ url: fixture.url, token }), await watch({ url: fixture.url, token })];
  const deaf = await watch({ url: fixture.url, token, own: false });
  const bob = await watch({ url: fixture.url, token: await fixture.token('bob') });
  await fixture.pushToUser('ann', 'notice', 'n1');
  await fixture.pushToUser('bob', 'notice', 'n2');
  await fixture.pushToUser('ann', 'gift', 'n3');
  await eventually(() =>
    assert.deepEqual([first.ids(first.own).sort(), second.ids(second.own).sort(), bob.ids(bob.own)], [['n1', 'n3'], ['n1', 'n3'], ['n2']]),
  );
  assert.deepEqual([first.msgs, deaf.own, deaf.client.me], [[], [], undefined]);
});

test('a personal message sent while the user is offline is delivered once after the reconnect', async () => {
  const first = await openEdge();
  const ann = await watch({ url: first.url, token: await first.token('ann') });
  await first.pushToUser('ann', 'notice', 'n1');
  await eventually(() => assert.deepEqual(ann.ids(ann.own), ['n1']));
  const port = Number(new URL(first.url).port);
  await first.edge.stop();
  await first.pushToUser('ann', 'notice', 'n2');
  // Messages to other users, so that the offsets of ann's messages are not consecutive.
  for (let i = 0; i < 40; i++) await first.pushToUser(`u${i}`, 'notice', `other-${i}`);
  await first.pushToUser('ann', 'notice', 'n3');
  const second = await openEdge({ 'edge.port': port });
  await eventually(ann.there);
  await second.pushToUser('ann', 'notice', 'n4');
  await eventually(() => assert.deepEqual(ann.ids(ann.own), ['n1', 'n2', 'n3', 'n4']));
});

test('a guest has no personal messages', async () => {
  const fixture = await openEdge({ 'viewer.allow_guests': true });
  const guest = await watch({ url: fixture.url });
  assert.equal(guest.client.me, undefined);
});

test('changes of the room modes are emitted', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  await fixture.push('room_state', 's1', room, { data: { modes: { slow_ms: 3_000 } } });
  await eventually(() => assert.deepEqual(ann.room.modes, { slow_ms: 3_000 }));
  assert.deepEqual(ann.msgs, []);
});

test('a kicked viewer gets a notice, is out of the room and cannot send', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const sanction = { by: 'mods', reason: '刷屏', at: Date.now(), until: Date.now() + 60_000 };
  await fixture.bus.records.set(`room:${room}`, new Map([['kick:ann', { value: JSON.stringify(sanction), until: sanction.until }]]));
  await eventually(() =>
    assert.deepEqual(
      ann.notices.map(({ code }) => code),
      ['kicked'],
    ),
  );
  assert.equal(ann.room.joined, false);
  await assert.rejects(ann.room.send('chat', 'x'), { code: 'banned' });
});

test('a muted viewer gets a notice and cannot send', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const sanction = { by: 'mods', at: Date.now(), until: Date.now() + 60_000 };
  await fixture.bus.records.set(`room:${room}`, new Map([['mute:ann', { value: JSON.stringify(sanction), until: sanction.until }]]));
  await eventually(() =>
    assert.deepEqual(
      ann.notices.map(({ code, until }) => [code, until]),
      [['muted', sanction.until]],
    ),
  );
  await assert.rejects(ann.room.send('chat', 'x'), { code: 'muted' });
});

test('a viewer banned from a room is out until the ban is lifted, and then joins again', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  // Another viewer keeps the room open on the edge, so that the edge follows its sanctions.
  await watch({ url: fixture.url, token: await fixture.token('bob') });
  const ban = { value: JSON.stringify({ by: 'mods', at: Date.now() }) };
  await fixture.bus.records.set(`room:${room}`, new Map([['ban:ann', ban]]));
  await eventually(() => assert.equal(ann.room.joined, false, 'out'));
  await fixture.push('gift', 'g1');
  await fixture.bus.records.set(`room:${room}`, new Map([['ban:ann', null]]));
  await eventually(ann.there);
  await eventually(() => assert.deepEqual(ann.ids(), ['g1'], 'messages published during the ban are recovered'));
  assert.deepEqual(
    ann.notices.map(({ code }) => code),
    ['banned', 'unbanned'],
  );
});

test('a temporarily banned viewer joins again when the ban ends', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const until = Date.now() + 400;
  await fixture.bus.records.set(`room:${room}`, new Map([['ban:ann', { value: JSON.stringify({ by: 'mods', at: Date.now(), until }), until }]]));
  await eventually(() => assert.equal(ann.room.joined, false, 'out'));
  await assert.rejects(ann.room.send('chat', 'x'), { code: 'banned' });
  await eventually(ann.there);
  assert.ok(Date.now() >= until, 'not before');
});

test('a viewer banned from all rooms gets the reason, and the client closes', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const errors: string[] = [];
  const notices: string[] = [];
  ann.client.on('error', ({ code }) => errors.push(code));
  ann.client.on('notice', ({ code, room: where }) => notices.push(`${code} ${where}`));
  await fixture.bus.records.set('everywhere', new Map([['ban:ann', { value: JSON.stringify({ by: 'mods', at: Date.now() }) }]]));
  await eventually(() => assert.equal(ann.client.state, 'closed'));
  assert.deepEqual([notices, errors], [['banned undefined'], ['banned']]);
});

test('a viewer kicked from all rooms reconnects', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const states: string[] = [];
  ann.client.on('state', (state) => states.push(state));
  const until = Date.now() + 1_000;
  await fixture.bus.records.set('everywhere', new Map([['kick:ann', { value: JSON.stringify({ by: 'mods', at: Date.now(), until }), until }]]));
  await eventually(() => assert.deepEqual(states.at(0), 'connecting'));
  await eventually(ann.there);
});

test('a viewer banned from all rooms for a moment waits and reconnects', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const errors: DanmuxError[] = [];
  ann.client.on('error', (error) => errors.push(error));
  const until = Date.now() + 1_000;
  await fixture.bus.records.set('everywhere', new Map([['ban:ann', { value: JSON.stringify({ by: 'mods', at: Date.now(), until }), until }]]));
  await eventually(() => assert.deepEqual([errors[0]?.code, ann.client.state], ['banned', 'connecting']));
  await eventually(ann.there);
  assert.ok(Date.now() >= until, 'not before');
});

test('a recall of a user takes its messages off every screen, and none reaches a viewer who joins later', async () => {
  const fixture = await openEdge();
  const ann = await watch({ url: fixture.url, token: await fixture.token('ann') });
  const say = (id: string, user: string, type = 'chat') => fixture.push(type, id, room, { from: { id: user } });
  for (const id of ['e1', 'e2']) await say(id, 'eve');
  await say('b1', 'bob');
  await say('eg', 'eve', 'gift');
  await eventually(() => assert.equal(ann.msgs.length, 4));
  const scope = { user: 'eve' };
  // The relay adds the positions.
  await fixture.push('recall', 'r', room, { data: scope, marks: { recall_of: scope } });
  await eventually(() => assert.deepEqual([...ann.recalled].sort(), ['e1', 'e2', 'eg']));
  await say('e3', 'eve');
  await eventually(() => assert.equal(ann.ids().at(-1), 'e3'));
  const late = await watch({ url: fixture.url, token: await fixture.token('late') });
  assert.deepEqual(late.ids().sort(), ['b1', 'e3'], 'served by the replay buffer');
  assert.deepEqual(
    (await late.room.history()).msgs.map(({ id }) => id),
    ['b1', 'e3'],
  );
});
