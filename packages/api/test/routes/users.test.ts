// Messages to one user: their internal room, their recipient and their deduplication.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { userRoomOf } from '@danmux/bus';
import { type ApiFixture, gift, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';

const owner = ownerOf(after);
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner);
});

const send = (user: string, body: object = gift) => fixture.call('POST', `/v1/users/${encodeURIComponent(user)}/messages`, body);

test('a message is stored unchanged in an internal room, with the user as recipient', async () => {
  const { status, body } = await send('u42', { ...gift, id: 'paid-1', from: { id: 'system' } });
  assert.deepEqual([status, body], [202, { id: 'paid-1', user: 'u42', lane: 'gift' }]);
  const [stored] = await fixture.sequence();
  assert.deepEqual([stored?.room, stored?.marks], [userRoomOf('u42'), { to: 'u42' }]);
  const { ts, ...message } = JSON.parse(stored?.body ?? '');
  assert.deepEqual(message, { id: 'paid-1', ...gift, from: { id: 'system' }, to: 'u42' });
  assert.equal(typeof ts, 'number');
});

test('a user id can be any text of 1 to 128 characters', async () => {
  for (const user of ['小明', 'a b/c?d#e%f', '🚀'.repeat(128), '词'.repeat(128), '__proto__', '\u0000', 'x'.repeat(128)]) {
    assert.equal((await send(user)).body.user, user);
    assert.deepEqual(
      (await fixture.sequence()).map(({ marks, room }) => [marks?.to, room]),
      [[user, userRoomOf(user)]],
    );
  }
  for (const user of ['', 'x'.repeat(129), '🚀'.repeat(129)]) mustRefuse(await send(user), 'invalid_request');
});

test('an id is deduplicated per user, also for users that share an internal room', async () => {
  const room = userRoomOf('u1');
  const other = Array.from({ length: 1_000 }, (_, index) => `v${index}`).find((user) => userRoomOf(user) === room) ?? '';
  for (const user of ['u1', other, 'u1', other]) assert.equal((await send(user, { ...gift, id: 'same' })).status, 202);
  assert.deepEqual(
    (await fixture.sequence()).map(({ id, marks }) => [id, marks?.to]),
    [
      ['same', 'u1'],
      ['same', other],
    ],
  );
});

test('receipt, expires_at and delay_ms work', async () => {
  const { body } = await send('u7', { ...gift, id: 'r1', receipt: true, expires_at: 9_000_000_000_000 });
  assert.equal(body.job, undefined);
  assert.deepEqual((await fixture.sequence())[0]?.marks, { receipt: true, expires_at: 9_000_000_000_000, to: 'u7' });
  assert.deepEqual((await fixture.call('GET', '/v1/messages/r1/receipts')).body.rooms, ['@me']);
  const later = await send('u7', { ...gift, delay_ms: 60_000, id: 'd1' });
  assert.deepEqual([later.status, later.body.user], [202, 'u7']);
  assert.equal((await fixture.jobs.status(later.body.job))?.state, 'delayed');
  assert.equal((await fixture.sequence()).length, 0);
});

test('internal rooms of users cannot be accessed by name', async () => {
  mustRefuse(await fixture.call('GET', `/v1/rooms/${encodeURIComponent(userRoomOf('u1'))}/history`), 'invalid_room');
  mustRefuse(await fixture.call('POST', `/v1/rooms/${encodeURIComponent(userRoomOf('u1'))}/messages`, gift), 'invalid_room');
});

test('a reserved type is refused', async () => {
  mustRefuse(await send('u1', { type: 'recall', data: { id: 'x' } }), 'type_forbidden');
});
