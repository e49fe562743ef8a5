// Messages for users, through a real edge: every connection of the user gets them, joined or not; a join with positions gets what was
// missed, once.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { MemoryBus } from '@danmux/bus';
import { acceptPublication, type Publication, userRoomOf } from '@danmux/bus';
import { type Gap, type JoinReply, limits, type Msg, type Positions, type Reply } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'viewer.allow_guests': true });
});

async function connect(user: string): Promise<Viewer & { own: Msg[] }> {
  const viewer = fixture.connect({ token: await fixture.token(user) });
  const own: Msg[] = [];
  viewer.socket.on('frame', (frame: { room: string; msgs: Msg[] }) => frame.room === '@me' && own.push(...frame.msgs));
  await viewer.connected();
  return Object.assign(viewer, { own });
}
function messageFor(user: string, id: string, type = 'notice'): Publication {
  const { types } = fixture.runtime.config.messages;
  return acceptPublication({ room: userRoomOf(user), type, data: { id }, id, marks: { to: user, receipt: true } }, { types, maxData: 1_000, now: Date.now() });
}
async function tell(user: string, ...ids: string[]): Promise<void> {
  for (const receipt of await fixture.bus.ingress.publish(ids.map((id) => messageFor(user, id)))) if (receipt instanceof Error) throw receipt;
}
const idsOf = (msgs: readonly Msg[]) => msgs.map(({ id }) => id);
async function join(viewer: Viewer, positions?: Positions): Promise<JoinReply> {
  const reply: Reply<JoinReply> = await viewer.ask<JoinReply>('join', { room: '@me', ...(positions ? { positions } : {}) });
  assert.ok(reply.ok, JSON.stringify(reply));
  return reply;
}

test('every connection of the user gets a message, in any room or none, and no other user', async () => {
  const [ann, phone, bob] = [await connect('ann'), await connect('ann'), await connect('bob')];
  assert.equal(await phone.code('join', { room }), 'ok');
  await tell('ann', 'm1', 'm2');
  await tell('bob', 'm3');
  for (const viewer of [ann, phone]) await eventually(() => assert.deepEqual(idsOf(viewer.own), ['m1', 'm2']));
  await eventually(() => assert.deepEqual(idsOf(bob.own), ['m3']));
  const { ts: _, ...shown } = ann.own[0] ?? { ts: 0 };
  assert.deepEqual(shown, { lane: 'control', offset: 1, id: 'm1', type: 'notice', data: { id: 'm1' }, receipt: true });
});

test('a token that a key for some rooms signed gets none of them, live or by joining', async () => {
  const limited = fixture.connect({ token: await fixture.token('ann', { own: false }) });
  const seen: unknown[] = [];
  limited.socket.on('frame', (frame: unknown) => seen.push(frame));
  await limited.connected();
  assert.equal(await limited.code('join', { room: '@me' }), 'room_forbidden');
  const ann = await connect('ann');
  await tell('ann', 'm1');
  await eventually(() => assert.deepEqual(idsOf(ann.own), ['m1']));
  assert.deepEqual(seen, []);
});

test('the same id to two users of one room is two messages with receipts of their own', async () => {
  const twin = Array.from({ length: 500 }, (_, i) => `u${i}`).find((user) => userRoomOf(user) === userRoomOf('ann')) ?? '';
  const viewers = [await connect('ann'), await connect(twin)];
  await fixture.bus.receipts.open('m1', userRoomOf('ann'), Date.now());
  for (const user of ['ann', twin]) {
    const [receipt] = await fixture.bus.ingress.publish([{ ...messageFor(user, 'm1'), dedupeKey: `${user} m1` }]);
    assert.ok(!(receipt instanceof Error), String(receipt));
  }
  for (const { own } of viewers) await eventually(() => assert.deepEqual(idsOf(own), ['m1']));
  for (const viewer of viewers) assert.equal(await viewer.code('receipt', { room: '@me', ids: ['m1'] }), 'ok');
  await eventually(async () => {
    const { counts = [] } = (await fixture.bus.receipts.find('m1')) ?? {};
    assert.deepEqual(
      counts.map(({ sent, received }) => [sent, received]),
      [
        [1, 1],
        [1, 1],
      ],
    );
  });
});

test('a join with positions gives the user’s missed messages; one without positions gives none', async () => {
  const ann = await connect('ann');
  const { positions, msgs, online, recovered } = await join(ann);
  assert.deepEqual([msgs, online, recovered], [[], 1, {}]);
  ann.socket.disconnect();
  await tell('ann', 'missed1');
  const other = Array.from({ length: 500 }, (_, i) => `u${i}`).find((user) => userRoomOf(user) === userRoomOf('ann')) ?? '';
  await tell(other, 'not-hers');
  await tell('ann', 'missed2');
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(userRoomOf('ann'))).offsets.control, 3));
  const back = await connect('ann');
  const again = await join(back, positions);
  assert.deepEqual([idsOf(again.msgs), again.recovered.control, again.positions.control?.offset], [['missed1', 'missed2'], true, 3]);
  assert.ok(!JSON.stringify(again.msgs).includes('"to"'), 'whose it is needs no saying');
  const fresh = await connect('ann');
  assert.deepEqual((await join(fresh)).msgs, []);
  await tell('ann', 'live');
  await eventually(() => assert.deepEqual(idsOf(back.own), ['live']));
});

test('messages of others in the shared room are no reason not to recover', async () => {
  const ann = await connect('ann');
  const { positions } = await join(ann);
  ann.socket.disconnect();
  const other = Array.from({ length: 500 }, (_, i) => `u${i}`).find((user) => userRoomOf(user) === userRoomOf('ann')) ?? '';
  await tell('ann', 'missed1');
  await tell(other, ...Array.from({ length: limits.recovery + 500 }, (_, i) => `not-hers-${i}`));
  await tell('ann', 'missed2');
  const all = limits.recovery + 502;
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(userRoomOf('ann'))).offsets.control, all));
  const again = await join(await connect('ann'), positions);
  assert.deepEqual([idsOf(again.msgs), again.recovered.control, again.positions.control?.offset], [['missed1', 'missed2'], true, all]);
});

test('messages written before the join are not repeated in its reply; receipts of both count once per connection', async () => {
  const ann = await connect('ann');
  const { positions } = await join(ann);
  ann.socket.disconnect();
  await fixture.bus.receipts.open('missed', userRoomOf('ann'), Date.now());
  await tell('ann', 'missed');
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(userRoomOf('ann'))).offsets.control, 1));
  const back = await connect('ann');
  await tell('ann', 'early');
  await eventually(() => assert.deepEqual(idsOf(back.own), ['early']));
  assert.deepEqual(idsOf((await join(back, positions)).msgs), ['missed']);
  assert.equal(await back.code('receipt', { room: '@me', ids: ['missed', 'early', 'missed'] }), 'ok');
  await eventually(async () => {
    const { counts = [] } = (await fixture.bus.receipts.find('missed')) ?? {};
    assert.deepEqual(
      counts.map(({ sent, received }) => [sent, received]),
      [[0, 1]],
    );
  });
});

test('@me is a room for that alone: not for guests, not to send to, not counted', async () => {
  const ann = await connect('ann');
  await join(ann);
  assert.equal(await ann.code('send', { room: '@me', type: 'chat', data: 1, cid: 'c' }), 'invalid_room');
  assert.equal(await ann.code('leave', { room: '@me' }), 'invalid_room');
  assert.equal(await ann.code('join', { room: '@3' }), 'invalid_room');
  assert.equal(await ann.code('members', { room: '@me' }), 'invalid_room');
  const guest = fixture.connect();
  await guest.connected();
  assert.equal(await guest.code('join', { room: '@me' }), 'room_forbidden');
  assert.deepEqual(await fixture.bus.presence.totals(), { rooms: 0, online: 0 });
});

test('after a rollback of the store later messages are written once, behind a gap, also to a viewer that reconnects', async () => {
  const bus = fixture.bus as MemoryBus;
  const home = userRoomOf('ann');
  const ann = await connect('ann');
  const gaps: Gap[] = [];
  ann.socket.on('gap', (gap) => gaps.push(gap));
  await join(ann);
  await tell('ann', 'a1');
  await eventually(() => assert.deepEqual(idsOf(ann.own), ['a1']));
  const survived = await bus.streams.heads(home);
  await tell('ann', 'b1', 'b2');
  await eventually(() => assert.deepEqual(idsOf(ann.own), ['a1', 'b1', 'b2']));
  const gone = fixture.connect({ token: await fixture.token('ann') });
  await gone.connected();
  const { positions } = await join(gone);
  gone.socket.disconnect();
  bus.goBack(home, survived);
  await tell('ann', 'c1', 'c2');
  await eventually(() => assert.deepEqual(idsOf(ann.own), ['a1', 'b1', 'b2', 'c1', 'c2']));
  const { epoch } = await bus.streams.heads(home);
  assert.deepEqual(
    gaps.filter(({ lane }) => lane === 'control'),
    [{ room: '@me', lane: 'control', count: 0, reason: 'history_lost', position: { epoch, offset: 1 } }],
  );
  const back = await connect('ann');
  const again = await join(back, positions);
  assert.deepEqual([idsOf(again.msgs), again.recovered.control, again.positions.control], [['c1', 'c2'], false, { epoch, offset: 3 }]);
  // Its backend repeats one that is lost, and the store has forgotten the id.
  const late = await connect('ann');
  const { dedupeKey: _, ...b1 } = messageFor('ann', 'b1');
  await bus.ingress.publish([b1]);
  await tell('ann', 'd1');
  for (const viewer of [ann, back, late]) await eventually(() => assert.equal(viewer.own.at(-1)?.id, 'd1'));
  assert.deepEqual(
    [ann, back, late].map(({ own }) => idsOf(own).slice(-2)),
    [['c2', 'd1'], ['d1'], ['b1', 'd1']],
  );
});
