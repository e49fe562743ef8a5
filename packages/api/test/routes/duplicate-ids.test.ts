// The same message id twice: equal content is one message, other content is refused, on every route that takes an id.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, mustRefuse, path } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';

onBothEngines({}, (api) => {
  const post = (where: string, body: unknown) => api().call('POST', where, body);
  const other = { ...gift, data: { gift: 'rose' } };

  test('a room: equal content is a duplicate, other content is refused and not sent', async () => {
    const first = await post(path, { ...gift, id: 'order-1' });
    assert.deepEqual([first.status, first.body.duplicate], [202, undefined]);
    const again = await post(path, { ...gift, id: 'order-1' });
    assert.deepEqual([again.status, again.body], [202, { ...first.body, duplicate: true }]);
    const accepted = await api().accepted();
    mustRefuse(await post(path, { ...other, id: 'order-1' }), 'duplicate_id');
    mustRefuse(await post(path, { ...gift, type: 'superchat', id: 'order-1' }), 'duplicate_id');
    mustRefuse(await post(path, { ...gift, from: { id: 'someone else' }, id: 'order-1' }), 'duplicate_id');
    assert.equal(await api().accepted(), accepted);
    assert.equal((await post('/v1/rooms/live:2/messages', { ...other, id: 'order-1' })).body.duplicate, undefined, 'another room');
  });

  test('a retry may compute the profile of the sender and the time of expiry anew', async () => {
    const soon = Date.now() + 60_000;
    await post(path, { ...gift, from: { id: 'u1', avatar: 'a' }, expires_at: soon, id: 'order-2' });
    assert.equal((await post(path, { ...gift, from: { id: 'u1', avatar: 'b' }, expires_at: soon + 9, id: 'order-2' })).body.duplicate, true);
  });

  test('a batch refuses only the message with other content', async () => {
    const row = { room: 'live:1', id: 'order-3', ...gift };
    const { body } = await post('/v1/messages/batch', { messages: [row, row, { ...row, ...other }, { ...row, id: 'order-4' }] });
    assert.deepEqual(
      body.results.map(({ status, code, duplicate }: { status: number; code?: string; duplicate?: boolean }) => [status, code ?? duplicate]),
      [
        [202, undefined],
        [202, true],
        [409, 'duplicate_id'],
        [202, undefined],
      ],
    );
  });

  test('a user: each user has ids of its own', async () => {
    const messages = (user: string) => `/v1/users/${user}/messages`;
    assert.equal((await post(messages('u1'), { ...gift, id: 'order-5' })).body.duplicate, undefined);
    assert.equal((await post(messages('u1'), { ...gift, id: 'order-5' })).body.duplicate, true);
    mustRefuse(await post(messages('u1'), { ...other, id: 'order-5' }), 'duplicate_id');
    assert.equal((await post(messages('u2'), { ...other, id: 'order-5' })).body.duplicate, undefined);
  });

  test('a delayed message and a broadcast', async () => {
    const notice = { type: 'notice', data: { text: 'soon' } };
    for (const [where, body] of [
      [path, { ...notice, delay_ms: 3_600_000, id: 'soon-1' }],
      ['/v1/users/u1/messages', { ...notice, delay_ms: 3_600_000, id: 'soon-2' }],
      ['/v1/broadcasts', { ...notice, rooms: ['a', 'b'], id: 'soon-3' }],
    ] as const) {
      const first = await post(where, body);
      assert.deepEqual([first.status, first.body.duplicate], [202, undefined], where);
      const again = await post(where, body);
      assert.deepEqual(again.body, { ...first.body, duplicate: true }, where);
      mustRefuse(await post(where, { ...body, data: { text: 'later' } }), 'duplicate_id');
    }
    mustRefuse(await post('/v1/broadcasts', { ...notice, rooms: ['c'], id: 'soon-3' }), 'duplicate_id');
    assert.equal((await post('/v1/broadcasts', { ...notice, rooms: ['b', 'a'], id: 'soon-3' })).body.duplicate, true, 'the order of rooms does not count');
  });
});

onBothEngines({ 'messages.dedupe_gift_ms': 50 }, (api) => {
  test('after messages.dedupe_gift_ms the same id is a new message', async () => {
    await api().call('POST', path, { ...gift, id: 'order-6' });
    for (;;) {
      const { status, body } = await api().call('POST', path, { ...gift, data: { gift: 'rose' }, id: 'order-6' });
      if (status === 409) continue;
      assert.deepEqual([status, body.duplicate], [202, undefined]);
      break;
    }
  });
});
