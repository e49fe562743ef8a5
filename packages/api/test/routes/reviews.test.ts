// Held messages: listed, let through as they were, dropped.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { mustRefuse } from '../bare-api.ts';
import { onBothEngines } from '../both-engines.ts';
import { held } from '../right-requests.ts';

onBothEngines({}, (api) => {
  const post = (id: string | undefined, verb: string) => api().call('POST', `/v1/reviews/${id}/${verb}`);
  const listed = async (query = '') => (await api().call('GET', `/v1/reviews${query}`)).body;

  test('in pages, whole', async () => {
    const ids = [(await held(api()))['id'], (await held(api()))['id'], (await held(api()))['id']];
    const first = await listed('?limit=2');
    const second = await listed(`?limit=2&cursor=${first.cursor}`);
    assert.deepEqual([...first.reviews, ...second.reviews].map(({ id }) => id).sort(), [...ids].sort());
    assert.equal(second.cursor, null);
    const { id, ...rest } = first.reviews[0];
    assert.deepEqual(rest, { room: 'live:1', type: 'chat', data: { text: '加微信' }, from: { id: 'u7', name: 'Ann' }, at: 1_000, reason: 'ads' });
    for (const each of ids) await post(each, 'reject');
    mustRefuse(await api().call('GET', '/v1/reviews?cursor=%20'), 'invalid_request');
  });

  test('let through: published as it was, from its viewer, and gone from the queue', async () => {
    const { id = '' } = await held(api());
    assert.deepEqual([(await post(id, 'approve')).body], [{ id, room: 'live:1', lane: 'chat' }]);
    const [message] = await api().sequence();
    const { ts, ...body } = JSON.parse(message?.body ?? '');
    assert.deepEqual(body, { id, type: 'chat', from: { id: 'u7', name: 'Ann' }, data: { text: '加微信' } });
    assert.ok(ts > 1_000, 'its time is that of its publication');
    mustRefuse(await post(id, 'approve'), 'not_found');
    assert.deepEqual((await listed()).reviews, []);
  });

  test('let through twice at once is one message', async () => {
    const { id = '' } = await held(api());
    await Promise.all([post(id, 'approve'), post(id, 'approve')]);
    assert.deepEqual(
      (await api().sequence()).map((message) => message.id),
      [id],
    );
  });

  test('what could not be stored stays in the queue', async () => {
    const { id = '' } = await held(api());
    api().overrides.publish = async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_000 }));
    mustRefuse(await post(id, 'approve'), 'lane_full');
    delete api().overrides.publish;
    assert.equal((await post(id, 'approve')).status, 202);
    await api().sequence();
  });

  test('dropped: nobody sees it', async () => {
    const { id = '' } = await held(api());
    assert.deepEqual((await post(id, 'reject')).body, { id, room: 'live:1' });
    for (const verb of ['reject', 'approve']) mustRefuse(await post(id, verb), 'not_found');
    assert.equal((await api().sequence()).length, 0);
  });
});
