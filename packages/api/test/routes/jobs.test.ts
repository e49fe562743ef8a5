// Jobs: status, cancelling, and retrying failed jobs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gift, mustRefuse, path } from '@danmux/testkit/api-fixture';
import { eventually } from '@danmux/testkit/unit';
import { onBothEngines } from '../both-engines.ts';
import { failedJob } from '../right-requests.ts';

onBothEngines({}, (api) => {
  const get = (id: string) => api().call('GET', `/v1/jobs/${encodeURIComponent(id)}`);
  const cancel = (id: string) => api().call('DELETE', `/v1/jobs/${encodeURIComponent(id)}`);
  const retry = (id: string) => api().call('POST', `/v1/jobs/${encodeURIComponent(id)}/retry`);

  test('a waiting and a finished job have their state', async () => {
    const before = Date.now();
    const { job } = (await api().call('POST', path, { ...gift, id: 'j1', delay_ms: 3_600_000 })).body;
    const { body } = await get(job);
    assert.deepEqual({ ...body, created_at: 0 }, { id: job, name: 'publish', state: 'delayed', attempts: 0, progress: null, created_at: 0 });
    assert.ok(body.created_at >= before, JSON.stringify(body));
    const soon = (await api().call('POST', path, { ...gift, id: 'j2', delay_ms: 1 })).body.job;
    await eventually(async () => assert.equal((await get(soon)).body.state, 'done'));
    assert.ok((await get(soon)).body.finished_at >= before, 'it says when it was done');
    mustRefuse(await cancel(soon), 'conflict');
    mustRefuse(await retry(soon), 'conflict');
  });

  test('a cancelled job is deleted and does not run', async () => {
    const { job } = (await api().call('POST', path, { ...gift, id: 'j3', delay_ms: 3_600_000 })).body;
    assert.deepEqual((await cancel(job)).body, { id: job, cancelled: true, progress: null });
    mustRefuse(await get(job), 'not_found');
    mustRefuse(await cancel(job), 'not_found');
    mustRefuse(await retry(job), 'not_found');
    assert.ok(!api().ran.some(({ id }) => id === job), 'it did not run');
  });

  test('cancelling a partly done job returns its progress and stops it', async () => {
    api().failJobs(true, { done: 20, total: 80, cursor: 'live:19' });
    const { job } = (await api().call('POST', '/v1/broadcasts', { rooms: '*', type: 'notice', data: {}, id: 'half' })).body;
    await eventually(async () => assert.equal((await get(job)).body.state, 'delayed'));
    const { state, progress, error } = (await get(job)).body;
    assert.deepEqual([state, progress, error], ['delayed', { done: 20, total: 80 }, 'failed on request of the test']);
    assert.deepEqual((await cancel(job)).body, { id: job, cancelled: true, progress: { done: 20, total: 80 } });
    api().failJobs(false);
    mustRefuse(await get(job), 'not_found');
    assert.ok(!api().ran.some(({ id }) => id === job), 'it goes no further');
  });

  test('internal jobs cannot be cancelled', async () => {
    const id = await api().jobs.add('receipts', { id: 'm', room: 'r' }, { id: 'own', delayMs: 3_600_000 });
    mustRefuse(await cancel(id), 'conflict');
    assert.equal((await get(id)).body.state, 'delayed');
  });

  test('pages list failed jobs newest first with their error; a failed job can be retried', async () => {
    const ids = [(await failedJob(api()))['id'] ?? '', (await failedJob(api()))['id'] ?? '', (await failedJob(api()))['id'] ?? ''];
    const first = (await api().call('GET', '/v1/jobs?state=failed&limit=2')).body;
    const second = (await api().call('GET', `/v1/jobs?state=failed&limit=2&cursor=${first.cursor}`)).body;
    assert.deepEqual(
      [...first.jobs, ...second.jobs].map(({ id }) => id),
      [...ids].reverse(),
    );
    assert.equal(second.cursor, null);
    const { created_at, finished_at, ...rest } = second.jobs[0];
    assert.deepEqual(rest, { id: ids[0], name: 'publish', state: 'failed', attempts: 1, progress: null, error: 'failed on request of the test' });
    assert.ok(finished_at >= created_at, 'it says when');
    mustRefuse(await cancel(ids[0] ?? ''), 'conflict');
    assert.equal((await retry(ids[0] ?? '')).status, 202);
    await eventually(async () => assert.equal((await get(ids[0] ?? '')).body.state, 'done'));
    assert.equal((await api().call('GET', '/v1/jobs?state=failed')).body.jobs.length, 2);
  });

  test('random ids and cursors never fail the api', async () => {
    for (const id of ['nobody', 'a b', '小明', ':', '__proto__', '0', '*', 'x'.repeat(128)]) {
      for (const answer of [await get(id), await cancel(id), await retry(id)]) mustRefuse(answer, 'not_found');
    }
    for (const cursor of ['x', '0', '-1', '1e9', '%00', '9'.repeat(30)]) {
      const { status } = await api().call('GET', `/v1/jobs?state=failed&cursor=${cursor}`);
      assert.ok(status === 200 || status === 400, `${cursor}: ${status}`);
    }
    for (const query of ['', '?state=done', '?state=failed&limit=0', '?state=failed&limit=101'])
      mustRefuse(await api().call('GET', `/v1/jobs${query}`), 'invalid_request');
  });
});
