// What moderators decide holds on an edge at once, through stock clients: bans, kicks, mutes, modes, and messages only their sender sees.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { RecordField } from '@danmux/bus';
import { ruleRecords, type SanctionKind, sanctionField } from '@danmux/policy';
import type { ErrorBody, HeldMessage, JoinReply, Reply, RoomModes, SendReply } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
beforeEach(async () => {
  fixture = await startEdge(owner, { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000, 'moderation.review_cap': 2 });
});

async function connect(user: string, claims: object = {}): Promise<Viewer> {
  const viewer = fixture.connect({ token: await fixture.token(user, claims) });
  await viewer.connected();
  return viewer;
}
async function enter(user: string, claims: object = {}): Promise<Viewer> {
  const viewer = await connect(user, claims);
  assert.equal(await viewer.code('join', { room }), 'ok');
  return viewer;
}
/** Resolves when a subscriber was told; the edge subscribed earlier, so it was told before. */
async function set(record: string, fields: Record<string, RecordField | null>): Promise<void> {
  let told = () => {};
  const known = new Promise<void>((resolve) => {
    told = resolve;
  });
  const watch = await fixture.bus.records.watch({ changed: (change) => change.record === record && told(), resumed: () => {} });
  await fixture.bus.records.set(record, new Map(Object.entries(fields)));
  await known;
  await watch.close();
}
const here = ruleRecords.room(room);
function impose(record: string, kind: SanctionKind, user: string, lastsMs?: number): Promise<void> {
  const until = lastsMs === undefined ? {} : { until: Date.now() + lastsMs };
  return set(record, { [sanctionField(kind, user)]: { value: JSON.stringify({ by: 'test', at: Date.now(), reason: 'spam', ...until }), ...until } });
}
const lift = (record: string, kind: SanctionKind, user: string) => set(record, { [sanctionField(kind, user)]: null });
const modes = (value: RoomModes) => set(here, { modes: { value: JSON.stringify(value) } });
let cid = 0;
const send = (viewer: Viewer, text: unknown = `text ${cid}`, type = 'chat', id = `c${cid++}`) =>
  viewer.ask<SendReply>('send', { room, type, data: { text }, cid: id });
function refusal(reply: Reply<unknown>): ErrorBody {
  assert.ok(!reply.ok, JSON.stringify(reply));
  return reply.error;
}
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
const codes = (viewer: Viewer) => viewer.notices.map(({ code }) => code);

test('a ban takes every session of the user out at once, with a notice, and keeps it out until it is lifted', async () => {
  const [ann, phone, bob] = [await enter('ann'), await enter('ann'), await enter('bob')];
  await impose(here, 'ban', 'ann', 60_000);
  for (const viewer of [ann, phone]) await eventually(() => assert.deepEqual(codes(viewer), ['banned']));
  const [notice] = ann.notices;
  assert.deepEqual([notice?.room, notice?.message], [room, 'You are banned: spam.']);
  assert.ok((notice?.until ?? 0) > Date.now(), 'until when');
  assert.equal(codeOf(await send(ann)), 'not_joined');
  const error = refusal(await ann.ask('join', { room }));
  assert.equal(error.code, 'banned');
  assert.match(error.message, /banned until \d{4}-.*: spam\./);
  assert.ok((error.retry_after_ms ?? 0) > 50_000, `${error.retry_after_ms}`);
  assert.equal(await ann.code('join', { room: 'another' }), 'ok');
  await fixture.push('gift', 'after');
  await eventually(() => assert.deepEqual(bob.ids(), ['after']));
  assert.deepEqual([ann.ids(), phone.ids()], [[], []]);
  await lift(here, 'ban', 'ann');
  await eventually(() => assert.deepEqual(codes(ann), ['banned', 'unbanned']));
  assert.equal(await ann.code('join', { room }), 'ok');
});

test('a ban everywhere ends the connections, refuses new ones and ends by itself', async () => {
  const ann = await enter('ann');
  const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
  await impose(ruleRecords.everywhere, 'ban', 'ann', 1_500);
  await gone;
  assert.deepEqual(codes(ann), ['banned']);
  const again = fixture.connect({ token: await fixture.token('ann') });
  await assert.rejects(again.connected(), (error: Error & { data?: ErrorBody }) => error.data?.code === 'banned' && (error.data.retry_after_ms ?? 0) > 0);
  await eventually(async () => void (await enter('ann')));
});

test('a kick removes a user that is in the room; the user may come back', async () => {
  const ann = await enter('ann');
  await impose(here, 'kick', 'ann', 60_000);
  await eventually(() => assert.deepEqual(codes(ann), ['kicked']));
  assert.equal(codeOf(await send(ann)), 'not_joined');
  assert.equal(await ann.code('join', { room }), 'ok');
  await modes({ slow_ms: 1 });
  assert.equal(codeOf(await send(ann)), 'ok');
  const gone = new Promise((resolve) => ann.socket.once('disconnect', resolve));
  await impose(ruleRecords.everywhere, 'kick', 'ann', 60_000);
  await gone;
  await enter('ann');
});

test('a join that is being answered when the ban comes is refused', async () => {
  const ann = await connect('ann');
  const { heads } = fixture.bus.streams;
  let banned: Promise<unknown> | undefined;
  // The last message of the room is read from the store while the join is answered.
  await fixture.push('gift', 'g1');
  await eventually(async () => assert.equal((await heads.call(fixture.bus.streams, room)).offsets.gift, 1));
  const { since } = fixture.bus.streams;
  fixture.bus.streams.since = async (...args) => {
    banned ??= impose(here, 'ban', 'ann');
    await banned;
    await eventually(() => assert.deepEqual(codes(ann), ['banned']));
    return since.apply(fixture.bus.streams, args);
  };
  assert.equal(await ann.code('join', { room, history: 10 }), 'banned');
  fixture.bus.streams.since = since;
});

test('a muted user gets a notice and may watch but not send, in the room or everywhere', async () => {
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await impose(here, 'mute', 'ann', 60_000);
  await eventually(() => assert.deepEqual(codes(ann), ['muted']));
  const error = refusal(await send(ann));
  assert.equal(error.code, 'muted');
  assert.ok((error.retry_after_ms ?? 0) > 50_000, `${error.retry_after_ms}`);
  assert.equal(codeOf(await send(bob)), 'ok');
  await eventually(() => assert.equal(ann.msgs.length, 1));
  await lift(here, 'mute', 'ann');
  await eventually(() => assert.deepEqual(codes(ann), ['muted', 'unmuted']));
  assert.equal(codeOf(await send(ann)), 'ok');
  await impose(ruleRecords.everywhere, 'mute', 'ann');
  await eventually(() => assert.deepEqual(codes(ann), ['muted', 'unmuted', 'muted']));
  const endless = refusal(await send(ann));
  assert.deepEqual([endless.code, endless.retry_after_ms], ['muted', undefined]);
  assert.deepEqual(codes(bob), []);
  const later = await enter('ann');
  await eventually(() => assert.deepEqual(codes(later), ['muted'], 'one that comes back is told'));
});

test('modes: mute_all, members_only, min_level; exempt users may send all the same', async () => {
  const ann = await enter('ann', { level: 3 });
  const member = await enter('member', { roles: ['vip'], level: 1 });
  const host = await enter('host', { roles: ['host'] });
  const outcome = async () => [codeOf(await send(ann)), codeOf(await send(member)), codeOf(await send(host))];
  const refused = async (mode: RoomModes, expected: readonly string[]) => {
    await modes(mode);
    assert.deepEqual(await outcome(), expected);
  };
  assert.deepEqual(await outcome(), ['ok', 'ok', 'ok']);
  await refused({ mute_all: true }, ['room_muted', 'room_muted', 'ok']);
  await refused({ members_only: true }, ['members_only', 'ok', 'ok']);
  await refused({ min_level: 2 }, ['ok', 'level_too_low', 'ok']);
  await refused({}, ['ok', 'ok', 'ok']);
});

test('the reply to a join has the current modes', async () => {
  const modesOf = async (user: string) => {
    const reply = await (await enter(user)).ask<JoinReply>('join', { room });
    return reply.ok ? reply.modes : reply;
  };
  assert.deepEqual(await modesOf('ann'), {});
  await modes({ slow_ms: 2_000 });
  assert.deepEqual(await modesOf('bob'), { slow_ms: 2_000 });
  await modes({});
  assert.deepEqual(await modesOf('eve'), {});
});

test('slow mode: one message a user in its time; the same request again is the same message, a like is no message', async () => {
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await modes({ slow_ms: 60_000 });
  assert.equal(codeOf(await send(ann)), 'ok');
  const error = refusal(await send(ann));
  assert.ok((error.retry_after_ms ?? 0) > 50_000 && (error.retry_after_ms ?? 0) <= 60_000, `${error.retry_after_ms}`);
  assert.equal(codeOf(await send(ann, 1, 'like')), 'ok');
  const first = await send(bob, 'hello', 'chat', 'same');
  assert.deepEqual(await send(bob, 'hello', 'chat', 'same'), first);
  assert.equal(codeOf(await send(bob)), 'slow_mode');
});

test('unique: the same text of one user is not taken twice, however it is written; what slow mode refused was not said', async () => {
  const [ann, bob] = [await enter('ann'), await enter('bob')];
  await modes({ unique: true });
  assert.equal(codeOf(await send(ann, 'Hello There')), 'ok');
  assert.equal(codeOf(await send(ann, 'ｈｅｌｌｏ  there\u200b')), 'content_blocked');
  assert.equal(codeOf(await send(ann, 'hello where')), 'ok');
  assert.equal(codeOf(await send(bob, 'hello there')), 'ok');
  await modes({ unique: true, slow_ms: 300 });
  assert.equal(codeOf(await send(ann, 'one')), 'ok');
  assert.equal(codeOf(await send(ann, 'two')), 'slow_mode');
  await eventually(async () => assert.equal(codeOf(await send(ann, 'two')), 'ok'));
});

test('a room may limit its rate and its number of viewers', async () => {
  const ann = await enter('ann');
  await modes({ send_per_minute: 2, max_online: 2 });
  assert.deepEqual([codeOf(await send(ann)), codeOf(await send(ann)), codeOf(await send(ann))], ['ok', 'ok', 'rate_limited']);
  await enter('bob');
  const eve = await connect('eve');
  const error = refusal(await eve.ask('join', { room }));
  assert.equal(error.code, 'room_full');
  assert.equal(await ann.code('join', { room }), 'ok', 'who is inside may join again');
  ann.socket.disconnect();
  await eventually(async () => assert.equal(await eve.code('join', { room }), 'ok'));
});

test('a message in the shadow and one that is held are seen by their sender alone; those held wait for review, up to a cap', async () => {
  const { words } = ruleRecords;
  await set(words, {
    dark: { value: JSON.stringify({ action: 'shadow', words: ['darkword'], revision: 'r', parts: 1 }) },
    doubt: { value: JSON.stringify({ action: 'hold', words: ['doubtful'], revision: 'r', parts: 1 }) },
  });
  const [ann, phone, bob] = [await enter('ann'), await enter('ann'), await enter('bob')];
  await eventually(async () => {
    const reply = await send(ann, 'doubtful', 'chat', 'held');
    assert.ok(reply.ok && reply.held, JSON.stringify(reply));
  });
  const held = await send(ann, 'doubtful', 'chat', 'held');
  const shadow = await send(ann, 'darkword');
  assert.ok(held.ok && shadow.ok && shadow.held === undefined, JSON.stringify([held, shadow]));
  const open = await send(bob, 'open');
  for (const viewer of [ann, phone]) await eventually(() => assert.ok(viewer.ids().includes(held.id) && viewer.ids().includes(shadow.id), 'both are seen'));
  await eventually(() => assert.deepEqual(bob.ids(), open.ok ? [open.id] : []));
  const { type, from, offset, lane } = ann.msgs.find(({ id }) => id === shadow.id) ?? {};
  assert.deepEqual([type, (from as { id: string }).id, offset, lane], ['chat', 'ann', undefined, 'chat']);
  const { fields } = await fixture.bus.records.get(ruleRecords.reviews);
  const waiting = JSON.parse(fields.get(held.id)?.value ?? 'null') as HeldMessage;
  assert.deepEqual([waiting.room, waiting.type, waiting.data, waiting.reason, waiting.from.id], [room, 'chat', { text: 'doubtful' }, 'words:doubt', 'ann']);
  assert.equal(fields.size, 1, 'the same request is one message');
  assert.equal(codeOf(await send(bob, 'doubtful')), 'ok');
  await eventually(async () => assert.equal(codeOf(await send(bob, 'doubtful too')), 'review_full'));
});
