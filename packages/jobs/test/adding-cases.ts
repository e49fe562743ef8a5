// Adding, asking and cancelling, on any engine.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jobRules } from '../src/job-rules.ts';
import { data, type Engine, gate, openQueue, useEngine } from './job-case-kit.ts';

export function addingCases(engine: Engine): void {
  describe(`${engine.name}: adding`, () => {
    useEngine(engine);

    test('a job runs with its data, and is done', async () => {
      const queue = await openQueue(engine, async () => {});
      const id = await queue.jobs.add('receipts', data('m1'));
      await queue.until(id, 'done');
      const status = await queue.jobs.status(id);
      assert.deepEqual([status?.id, status?.name, status?.attempts, status?.progress], [id, 'receipts', 1, null]);
      assert.ok((status?.finishedAt ?? 0) >= (status?.createdAt ?? 1), 'it ended after it was added');
      assert.deepEqual(
        queue.runs.map(({ id, name, data, attempt, progress }) => ({ id, name, data, attempt, progress })),
        [{ id, name: 'receipts', data: data('m1'), attempt: 1, progress: null }],
      );
    });

    test('the same id twice is one job, also after it ran; any text is an id', async () => {
      const queue = await openQueue(engine, async () => {});
      for (const id of ['7', 'a:b:c', 'ä/ö 火', 'broadcast:1']) {
        assert.equal(await queue.jobs.add('receipts', data('first'), { id }), id);
        await queue.until(id, 'done');
        assert.equal(await queue.jobs.add('receipts', data('second'), { id }), id);
      }
      await queue.jobs.add('receipts', data('last'), { id: 'last' });
      await queue.until('last', 'done');
      assert.deepEqual(
        queue.runs.map(({ data }) => data.id),
        ['first', 'first', 'first', 'first', 'last'],
      );
    });

    test('a distinct job is one job with equal digests; another digest is refused, one without counts as equal', async () => {
      const queue = await openQueue(engine, async () => {});
      const broadcast = (digest?: string) => ({ id: 'm', rooms: ['a'], type: 'notice', data: 1, ...(digest === undefined ? {} : { digest }) });
      const options = { id: 'b:1', delayMs: 60_000 };
      assert.deepEqual(await queue.jobs.addDistinct('broadcast', broadcast('one'), options), { id: 'b:1', duplicate: false });
      assert.deepEqual(await queue.jobs.addDistinct('broadcast', broadcast('one'), options), { id: 'b:1', duplicate: true });
      assert.deepEqual(await queue.jobs.addDistinct('broadcast', broadcast(), options), { id: 'b:1', duplicate: true });
      await assert.rejects(queue.jobs.addDistinct('broadcast', broadcast('two'), options), { code: 'duplicate_id' });
      await queue.jobs.cancel('b:1');
      assert.deepEqual(await queue.jobs.addDistinct('broadcast', broadcast('two'), options), { id: 'b:1', duplicate: false });
      const raced = await Promise.allSettled(
        ['x', 'y'].map((digest) => queue.jobs.addDistinct('broadcast', broadcast(digest), { id: 'b:2', delayMs: 60_000 })),
      );
      assert.equal(raced.filter(({ status }) => status === 'fulfilled').length, 1, 'one of two jobs added at the same moment is refused');
    });

    test('of equal distinct jobs added at the same moment by several processes, exactly one is no duplicate', async () => {
      const queue = await openQueue(engine, async () => {});
      const equal = { id: 'm', rooms: ['a'], type: 'notice', data: 1, digest: 'one' };
      for (let round = 0; round < 5; round++) {
        const options = { id: `same-${round}`, delayMs: 60_000 };
        const added = await Promise.all(Array.from({ length: 6 }, () => queue.jobs.addDistinct('broadcast', equal, options)));
        assert.deepEqual(added.map(({ duplicate }) => duplicate).sort(), [false, true, true, true, true, true]);
        assert.equal((await queue.jobs.addDistinct('broadcast', equal, options)).duplicate, true);
      }
    });

    test('at the cap a new job is refused; a stored id is a duplicate, a job with a key is added', async () => {
      const queue = await openQueue(engine, async () => {});
      const rules = jobRules as { waiting: number };
      const { waiting } = rules;
      const message = (digest: string) => ({ publications: [], digest });
      try {
        rules.waiting = 2;
        for (const id of ['one', 'two']) assert.equal((await queue.jobs.addDistinct('publish', message('d'), { id, delayMs: 60_000 })).duplicate, false);
        await assert.rejects(queue.jobs.addDistinct('publish', message('d'), { id: 'three', delayMs: 60_000 }), { code: 'unavailable' });
        assert.deepEqual(await queue.jobs.addDistinct('publish', message('d'), { id: 'one', delayMs: 60_000 }), { id: 'one', duplicate: true });
        await assert.rejects(queue.jobs.addDistinct('publish', message('other'), { id: 'one' }), { code: 'duplicate_id' });
        const keyed = await queue.jobs.add('receipts', data('m'), { key: 'k', delayMs: 60_000 });
        assert.equal((await queue.jobs.status(keyed))?.state, 'delayed');
        await assert.rejects(queue.jobs.add('receipts', data('m')), { code: 'unavailable' });
      } finally {
        rules.waiting = waiting;
      }
    });

    test('a delayed job waits for its time', async () => {
      const queue = await openQueue(engine, async () => {});
      const began = Date.now();
      const id = await queue.jobs.add('receipts', data('m1'), { delayMs: 300 });
      assert.equal((await queue.jobs.status(id))?.state, 'delayed');
      await queue.until(id, 'done');
      assert.ok(Date.now() - began >= 299, `after ${Date.now() - began} ms`);
    });

    test('a job that waits can be cancelled, one that runs or ended cannot', async () => {
      const closed = gate();
      const queue = await openQueue(engine, () => closed.passed);
      const later = await queue.jobs.add('receipts', data('later'), { delayMs: 60_000 });
      const running = await queue.jobs.add('receipts', data('running'));
      await queue.until(running, 'active');
      const cancelled = await queue.jobs.cancel(later);
      assert.deepEqual([cancelled?.id, cancelled?.state, cancelled?.attempts, cancelled?.progress], [later, 'delayed', 0, null]);
      assert.equal(await queue.jobs.status(later), null);
      assert.equal(await queue.jobs.cancel(later), null);
      assert.equal(await queue.jobs.cancel(running), null);
      closed.open();
      await queue.until(running, 'done');
      assert.equal(await queue.jobs.cancel(running), null);
      assert.equal(await queue.jobs.cancel('none'), null);
      assert.deepEqual(
        queue.runs.map(({ data }) => data.id),
        ['running'],
      );
    });

    test('no more than jobs.concurrency run at once', async () => {
      const closed = gate();
      const queue = await openQueue(engine, () => closed.passed, { 'jobs.concurrency': 2 });
      const ids = await Promise.all(['a', 'b', 'c'].map((id) => queue.jobs.add('receipts', data(id))));
      const active = () => Promise.all(ids.map(async (id) => (await queue.jobs.status(id))?.state));
      for (const id of ids.slice(0, 2)) await queue.until(id, 'active');
      assert.deepEqual(await active(), ['active', 'active', 'waiting']);
      closed.open();
      for (const id of ids) await queue.until(id, 'done');
    });

    test('slow webhooks and broadcasts do not hold up the others', async () => {
      const closed = gate();
      const queue = await openQueue(
        engine,
        async () => {},
        { 'jobs.concurrency': 1 },
        (jobs) => {
          jobs.handle('archive', () => closed.passed);
          jobs.handle('broadcast', () => closed.passed);
        },
      );
      const slow = await Promise.all([
        ...Array.from({ length: 6 }, (_, shard) => queue.jobs.add('archive', { shard })),
        ...['a', 'b'].map((id) => queue.jobs.add('broadcast', { id, rooms: ['*'], type: 'notice', data: {} })),
      ]);
      const quick = await queue.jobs.add('receipts', data('quick'));
      await queue.until(quick, 'done');
      const states = await Promise.all(slow.map(async (id) => (await queue.jobs.status(id))?.state));
      assert.ok(states.includes('waiting') && !states.includes('done'), String(states));
      closed.open();
      for (const id of slow) await queue.until(id, 'done');
    });
  });
}
