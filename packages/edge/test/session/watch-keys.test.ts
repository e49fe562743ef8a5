// Tests of watch keys on edges: a deleted, rotated or expired key ends its connections on every edge, and its tokens are refused.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { ruleRecords, watchMark } from '@danmux/policy';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let first: EdgeFixture;
let second: EdgeFixture;
beforeEach(async () => {
  first = await startEdge(owner);
  second = await startEdge(owner, {}, first.bus);
});

const hash = 'ab'.repeat(32);
const other = 'cd'.repeat(32);
const store = (id: string, secrets: readonly object[] | null, more: object = {}) => {
  const value = { scopes: ['watch'], rooms: [room], created_at: 1, secrets, ...more };
  return first.bus.records.set(ruleRecords.keys, new Map([[id, secrets ? { value: JSON.stringify(value) } : null]]));
};
const tokenOf = (id: string, digest = hash) => first.token(`watch:${id}`, { rooms: [room], send: false, own: false, watch_key: watchMark(id, digest) });
async function watches(edge: EdgeFixture, token: string): Promise<Viewer> {
  const viewer = edge.connect({ token });
  await viewer.connected();
  assert.equal(await viewer.code('join', { room }), 'ok');
  return viewer;
}
const refusal = (edge: EdgeFixture, token: string) =>
  edge
    .connect({ token })
    .connected()
    .then(
      () => 'connected',
      (error: Error & { data?: { code: string } }) => error.data?.code,
    );
/** Milliseconds until both connections were ended, with the reason. */
async function endedWithin(viewers: readonly Viewer[], act: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await act();
  await eventually(() =>
    assert.deepEqual(
      viewers.map(({ socket }) => socket.connected),
      viewers.map(() => false),
    ),
  );
  for (const { notices } of viewers)
    assert.deepEqual(
      notices.map(({ code }) => code),
      ['token_key_removed'],
    );
  return performance.now() - before;
}

test('a deleted key ends its connections on every edge within two seconds, and no others', async () => {
  await store('gone', [{ hash }]);
  await store('kept', [{ hash: other }]);
  const token = await tokenOf('gone');
  const [ended, kept] = [[await watches(first, token), await watches(second, token)], await watches(second, await tokenOf('kept', other))];
  const user = await watches(first, await first.token('ann'));
  const took = await endedWithin(ended, () => store('gone', null));
  assert.ok(took < 2_000, `${took} ms`);
  for (const edge of [first, second]) assert.equal(await refusal(edge, token), 'token_key_removed');
  assert.deepEqual([kept.socket.connected, user.socket.connected], [true, true]);
});

test('a rotation without grace ends the connections of the old text, and its tokens', async () => {
  await store('turned', [{ hash }]);
  const ended = await watches(first, await tokenOf('turned'));
  await endedWithin([ended], () => store('turned', [{ hash: other }]));
  assert.equal(await refusal(second, await tokenOf('turned')), 'token_key_removed');
  await watches(second, await tokenOf('turned', other));
});

test('the connections of a text in its grace, and of a key with an end, last until then', async () => {
  const soon = Date.now() + 1_500;
  await store('grace', [{ hash: other }, { hash, until: soon }]);
  await store('ends', [{ hash }], { expires_at: soon });
  const viewers = [await watches(first, await tokenOf('grace')), await watches(second, await tokenOf('ends'))];
  const current = await watches(first, await tokenOf('grace', other));
  await endedWithin(viewers, async () => undefined);
  assert.ok(Date.now() >= soon, 'not before the end');
  assert.equal(current.socket.connected, true);
});

test('a token of a key that is no watch key, unknown or malformed is refused', async () => {
  await store('shop', [{ hash }], { scopes: ['admin'] });
  await first.bus.records.set(ruleRecords.keys, new Map([['broken', { value: '{' }]]));
  for (const id of ['shop', 'broken', 'nobody', '__proto__']) assert.equal(await refusal(first, await tokenOf(id)), 'token_key_removed', id);
});

test('a watching connection renews with its key, and not with a token of a removed one', async () => {
  await store('obs', [{ hash }]);
  const viewer = await watches(first, await tokenOf('obs'));
  assert.equal(await viewer.code('auth', { token: await tokenOf('obs') }), 'ok');
  assert.equal(await viewer.code('auth', { token: await tokenOf('obs', other) }), 'token_key_removed');
  assert.equal(await viewer.code('send', { room, type: 'chat', data: { text: 'hi' }, cid: 'c1' }), 'read_only');
  assert.equal(await viewer.code('join', { room: '@me' }), 'room_forbidden');
  assert.equal(await viewer.code('join', { room: 'live:2' }), 'room_forbidden');
});
