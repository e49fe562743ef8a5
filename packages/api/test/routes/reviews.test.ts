// The review queue: list, approve, reject.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { mustRefuse } from '@danmux/testkit/api-fixture';
import { onBothEngines } from '../both-engines.ts';
import { held } from '../right-requests.ts';

onBothEngines({}, (api) => {
  const post = (id: string | undefined, verb: string) => api().call('POST', `/v1/reviews/${id}/${verb}`);
  const listed = async (query = '') => (await api().call('GET', `/v1/reviews${query}`)).body;

  test('pages list complete messages', async () => {
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

  test('approving publishes the message with its sender and removes it from the queue', async () => {
    const { id = '' } = await held(api());
    assert.deepEqual([(await post(id, 'approve')).body], [{ id, room: 'live:1', lane: 'chat' }]);
    const [message] = await api().sequence();
    const { ts, ...body } = JSON.parse(message?.body ?? '');
    assert.deepEqual(body, { id, type: 'chat', from: { id: 'u7', name: 'Ann' }, data: { text: '加微信' } });
    assert.ok(ts > 1_000, 'its time is that of its publication');
    mustRefuse(await post(id, 'approve'), 'not_found');
    assert.deepEqual((await listed()).reviews, []);
  });

  test('two concurrent approvals publish one message', async () => {
    const { id = '' } = await held(api());
    await Promise.all([post(id, 'approve'), post(id, 'approve')]);
    assert.deepEqual(
      (await api().sequence()).map((message) => message.id),
      [id],
    );
  });

  test('of a concurrent approve and reject one succeeds and the other gets 409', async () => {
    for (const verbs of [['approve', 'reject'] as const, ['reject', 'approve'] as const]) {
      const { id = '' } = await held(api());
      // Both requests have read the message before either decides.
      let found = 0;
      let bothFound = () => {};
      const both = new Promise<void>((resolve) => {
        bothFound = resolve;
      });
      api().gate.wrap('records.page', async (next, ...query) => {
        const page = await next(...query);
        if (++found === 2) bothFound();
        await both;
        return page;
      });
      const answers = await Promise.all(verbs.map((verb) => post(id, verb)));
      api().gate.restore();
      const won = verbs.filter((_, index) => (answers[index]?.status ?? 500) < 300);
      assert.equal(won.length, 1, JSON.stringify(answers.map(({ body }) => body)));
      const lost = answers.find(({ status }) => status >= 300);
      assert.ok(lost, 'one was refused');
      mustRefuse(lost, 'conflict');
      const sent = (await api().sequence()).map((message) => message.id);
      assert.deepEqual(sent, won[0] === 'approve' ? [id] : []);
      assert.deepEqual((await listed()).reviews, []);
    }
  });

  test('an approved message that stayed in the queue is neither rejected nor published again', async () => {
    const { id = '' } = await held(api());
    api().gate.fail('records.set', new DanmuxError('unavailable'));
    mustRefuse(await post(id, 'approve'), 'unavailable');
    api().gate.restore();
    mustRefuse(await post(id, 'reject'), 'conflict');
    const publishing = await api().accepted();
    assert.deepEqual((await post(id, 'approve')).body, { id, room: 'live:1', lane: 'chat' });
    assert.equal(await api().accepted(), publishing);
    assert.deepEqual([(await api().sequence()).map((message) => message.id), (await listed()).reviews], [[id], []]);
  });

  test('a message that could not be published stays in the queue', async () => {
    const { id = '' } = await held(api());
    api().gate.replace('ingress.publish', async (publications) => publications.map(() => new DanmuxError('lane_full', { retryAfterMs: 1_000 })));
    mustRefuse(await post(id, 'approve'), 'lane_full');
    api().gate.restore('ingress.publish');
    assert.equal((await post(id, 'approve')).status, 202);
    await api().sequence();
  });

  test('a message that could not be published can be rejected', async () => {
    const { id = '' } = await held(api(), { type: 'unheard-of' });
    mustRefuse(await post(id, 'approve'), 'unknown_type');
    assert.equal((await post(id, 'reject')).status, 200);
  });

  test('a conflict with another decision is not stored for the Idempotency-Key', async () => {
    const { id = '' } = await held(api());
    await api().bus.claims.begin(`review ${id}`, 'reject', 'another');
    const approve = () => api().call('POST', `/v1/reviews/${id}/approve`, undefined, { headers: { 'idempotency-key': `of ${id}`.replace(' ', '-') } });
    mustRefuse(await approve(), 'conflict');
    await api().bus.claims.forget(`review ${id}`, 'another');
    assert.equal((await approve()).status, 202);
    await api().sequence();
  });

  test('a rejected message is never published', async () => {
    const { id = '' } = await held(api());
    assert.deepEqual((await post(id, 'reject')).body, { id, room: 'live:1' });
    for (const verb of ['reject', 'approve']) mustRefuse(await post(id, verb), 'not_found');
    assert.equal((await api().sequence()).length, 0);
  });
});
