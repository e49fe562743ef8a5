// Tests of the event `auth` through an edge and stock clients: a token is renewed in place, narrower rights hold at once, and a refused
// token leaves the previous one in force.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { ruleRecords, sanctionField } from '@danmux/policy';
import type { AuthReply, Reply } from '@danmux/protocol';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const key = generateKeyPairSync('ed25519');
const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const owner = ownerOf(afterEach);
let fixture: EdgeFixture;
/** Milliseconds by which the edge's clock is ahead. */
let ahead: number;
beforeEach(async () => {
  ahead = 0;
  const set = { 'edge.send_burst': 1_000, 'edge.send_per_minute': 60_000, 'viewer.token_keys': [{ alg: 'EdDSA', pem }] };
  fixture = await startEdge(owner, set, undefined, { now: () => Date.now() + ahead });
});

const other = 'live:2';
async function enter(claims: object = {}, rooms: readonly string[] = [room], ttlS = 60): Promise<Viewer> {
  const viewer = fixture.connect({ token: await fixture.token('ann', claims, ttlS) });
  await viewer.connected();
  for (const each of rooms) assert.equal(await viewer.code('join', { room: each }), 'ok');
  return viewer;
}
const auth = async (viewer: Viewer, claims: object = {}, user = 'ann', ttlS = 60): Promise<Reply<AuthReply>> =>
  viewer.ask<AuthReply>('auth', { token: await fixture.token(user, claims, ttlS) });
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
let cid = 0;
const send = (viewer: Viewer, where = room) => viewer.code('send', { room: where, type: 'chat', data: { text: 'hi' }, cid: `c${cid++}` });

test('a renewed connection outlives its first token; one that is not renewed ends', async () => {
  const [ann, stale] = [await enter(), await enter()];
  const reply = await auth(ann, {}, 'ann', 3_600);
  assert.ok(reply.ok, JSON.stringify(reply));
  assert.ok(Math.abs(reply.expires_at - Date.now() - 3_600_000) < 10_000, `expires_at ${reply.expires_at}`);
  assert.ok(Math.abs(reply.now - Date.now()) < 5_000, `now ${reply.now}`);
  ahead = 600_000;
  await eventually(() => assert.equal(stale.socket.connected, false));
  assert.equal(await send(ann), 'ok');
  assert.deepEqual([stale.notices.map(({ code }) => code), ann.notices], [['token_expired'], []]);
});

test('a token signed with another accepted key renews, too', async () => {
  const ann = await enter();
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'EdDSA' })}.${encode({ sub: 'ann', exp: Math.floor(Date.now() / 1_000) + 600 })}`;
  const token = `${signed}.${signBytes(null, Buffer.from(signed), key.privateKey).toString('base64url')}`;
  assert.equal(await ann.code('auth', { token }), 'ok');
});

test('another user, device, session or issuer is refused, and the connection keeps its token', async () => {
  const login = { device: 'web', session: 's1', iss: 'shop', rooms: [room] };
  const ann = await enter(login);
  const cases: [object, string, RegExp][] = [
    [login, 'bob', /sub/],
    [{ ...login, device: 'app' }, 'ann', /device/],
    [{ ...login, device: undefined }, 'ann', /device/],
    [{ ...login, session: 's2' }, 'ann', /session/],
    [{ ...login, iss: 'other' }, 'ann', /iss/],
  ];
  for (const [claims, user, named] of cases) {
    const reply = await auth(ann, { ...claims, rooms: [other] }, user, 3_600);
    assert.equal(codeOf(reply), 'token_mismatch', JSON.stringify(claims));
    assert.match(reply.ok ? '' : reply.error.message, named);
  }
  assert.equal(await send(ann), 'ok');
  assert.equal(await ann.code('join', { room: other }), 'room_forbidden');
  assert.equal(codeOf(await auth(ann, login)), 'ok');
  const plain = await enter();
  assert.equal(codeOf(await auth(plain, { device: 'web' })), 'token_mismatch');
});

test('a token that a new connection would be refused with changes nothing, and its cause is named', async () => {
  const ann = await enter({ rooms: [room] });
  const [header, payload] = (await fixture.token('ann')).split('.');
  const cases: [string, string][] = [
    ['nonsense', 'token_invalid'],
    [`${header}.${payload}.AAAA`, 'token_signature_invalid'],
    [await fixture.token('ann', {}, -60), 'token_expired'],
    [await fixture.token('ann', { nbf: Date.now() / 1_000 + 60 }), 'token_not_yet_valid'],
    [await fixture.token('ann', {}, 200_000), 'token_claim_invalid'],
  ];
  for (const [token, code] of cases) assert.equal(await ann.code('auth', { token }), code);
  for (const payloadOf of [{}, { token: 5 }, { token: '' }, { token: null }]) assert.equal(await ann.code('auth', payloadOf), 'invalid_request');
  assert.equal(await ann.code('join', { room: other }), 'room_forbidden');
  assert.equal(await send(ann), 'ok');
});

test('rooms that the new token does not allow are left at once, with a notice; the others stay', async () => {
  const [ann, bob] = [await enter({}, [room, other]), fixture.connect({ token: await fixture.token('bob') })];
  await bob.connected();
  for (const each of [room, other]) assert.equal(await bob.code('join', { room: each }), 'ok');
  assert.equal(codeOf(await auth(ann, { rooms: [other] })), 'ok');
  assert.deepEqual(
    ann.notices.map(({ code, room: where }) => [code, where]),
    [['room_forbidden', room]],
  );
  assert.equal(await send(ann), 'not_joined');
  assert.equal(await ann.code('history', { room }), 'not_joined');
  assert.equal(await ann.code('members', { room }), 'not_joined');
  assert.equal(await ann.code('join', { room }), 'room_forbidden');
  // A barrier: the message in the other room is written later than the one in the forbidden room.
  await fixture.push('gift', 'forbidden', room);
  await eventually(() => assert.ok(bob.ids().includes('forbidden'), 'bob is still in the room'));
  await fixture.push('gift', 'allowed', other);
  await eventually(() => assert.deepEqual(ann.ids(), ['allowed']));
  const listed = await bob.ask<{ members: { id: string }[]; online: number }>('members', { room });
  assert.deepEqual(listed.ok && [listed.online, listed.members.map(({ id }) => id)], [1, ['bob']]);
});

test('a join that is pending when the new token forbids the room fails', async () => {
  const ann = await enter({}, []);
  const token = await fixture.token('ann', { rooms: [other] });
  const [joined, renewed] = await Promise.all([ann.code('join', { room }), ann.code('auth', { token })]);
  assert.equal(renewed, 'ok');
  assert.ok(['ok', 'room_forbidden'].includes(joined), joined);
  assert.equal(await send(ann), 'not_joined');
});

test('narrower rights hold at once: sending, personal messages, roles and level', async () => {
  const [ann, watcher] = [await enter({ level: 9, roles: ['vip'] }), await enter()];
  assert.equal(await ann.code('join', { room: '@me' }), 'ok');
  assert.equal(codeOf(await auth(ann, { level: 1, name: 'Ann' })), 'ok');
  assert.equal(await send(ann), 'ok');
  await eventually(() => assert.deepEqual(watcher.msgs.at(-1)?.from, { id: 'ann', level: 1, name: 'Ann' }));
  // The user has two connections; the list shows one of them, and may be a second old.
  await eventually(async () => {
    const listed = await ann.ask<{ members: { level?: number }[] }>('members', { room });
    assert.ok(listed.ok && listed.members.length === 1 && (listed.members[0]?.level ?? 1) === 1, 'the list no longer shows the level of before');
  });
  assert.equal(codeOf(await auth(ann, { send: false, own: false })), 'ok');
  assert.equal(await send(ann), 'read_only');
  assert.equal(await ann.code('join', { room: '@me' }), 'room_forbidden');
  assert.deepEqual(
    ann.notices.map(({ code, room: where }) => [code, where]),
    [['room_forbidden', '@me']],
  );
  await fixture.pushToUser('ann', 'notice', 'personal');
  await eventually(() => assert.ok(watcher.ids().includes('personal'), 'the other connection of the user gets it'));
  await fixture.push('gift', 'later');
  await eventually(() => assert.ok(ann.ids().includes('later'), 'the room goes on'));
  assert.ok(!ann.ids().includes('personal'), 'no personal message after own: false');
  // Wider rights hold as well.
  assert.equal(codeOf(await auth(ann)), 'ok');
  assert.equal(await send(ann), 'ok');
});

test('a ban of a room and a mute stay in force through a renewal', async () => {
  const ann = await enter();
  const sanction = { value: JSON.stringify({ by: 'test', at: Date.now() }) };
  await fixture.bus.records.set(ruleRecords.room(room), new Map([[sanctionField('mute', 'ann'), sanction]]));
  await eventually(() => assert.equal(ann.notices.at(-1)?.code, 'muted'));
  assert.equal(codeOf(await auth(ann, { roles: ['host'] })), 'ok');
  assert.equal(await send(ann), 'muted');
  await fixture.bus.records.set(ruleRecords.room(room), new Map([[sanctionField('ban', 'ann'), sanction]]));
  await eventually(() => assert.equal(ann.notices.at(-1)?.code, 'banned'));
  assert.equal(codeOf(await auth(ann, {}, 'ann', 3_600)), 'ok');
  assert.equal(await ann.code('join', { room }), 'banned');
});

test('a guest cannot become a user in place, nor a user a guest', async (t) => {
  const open = await startEdge(t, { 'viewer.allow_guests': true });
  const guest = open.connect();
  await guest.connected();
  assert.equal(await guest.code('auth', { token: await open.token('ann') }), 'token_mismatch');
  assert.equal(await guest.code('auth', { token: '' }), 'invalid_request');
});
