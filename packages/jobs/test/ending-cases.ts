// What is kept of ended jobs: done ones, and dead letters that are listed and run again, on any engine.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { data, type Engine, openQueue, useEngine } from './job-case-kit.ts';

export function endingCases(engine: Engine): void {
  describe(`${engine.name}: ending`, () => {
    useEngine(engine);

    test('dead letters are listed newest first, page by page, with their errors', async () => {
      const queue = await openQueue(engine, async ({ id }) => Promise.reject(new Error(`why ${id}`)));
      const ids = ['a', 'b', 'c', 'd', 'e'];
      for (const id of ids) {
        await queue.jobs.add('receipts', data(id), { id, attempts: 1 });
        await queue.until(id, 'failed');
      }
      const first = await queue.jobs.failed(undefined, 2);
      assert.deepEqual(
        first.jobs.map(({ id, error, state, attempts }) => [id, error, state, attempts]),
        [
          ['e', 'why e', 'failed', 1],
          ['d', 'why d', 'failed', 1],
        ],
      );
      await queue.jobs.add('receipts', data('f'), { id: 'f', attempts: 1 });
      await queue.until('f', 'failed');
      const second = await queue.jobs.failed(first.cursor ?? assert.fail('there are more'), 2);
      assert.deepEqual(
        second.jobs.map(({ id }) => id),
        ['c', 'b'],
      );
      const last = await queue.jobs.failed(second.cursor ?? assert.fail('there is one more'), 2);
      assert.deepEqual([last.jobs.map(({ id }) => id), last.cursor], [['a'], null]);
      for (const strange of ['x', '-1', ':', 'NaN:a']) assert.deepEqual(await queue.jobs.failed(strange, 2), { jobs: [], cursor: null }, strange);
    });

    /** The letter `m`, of what works from now on. */
    const deadLetter = async () => {
      let broken = true;
      const queue = await openQueue(engine, async () => {
        if (broken) throw new Error('broken');
      });
      await queue.jobs.add('receipts', data('m'), { id: 'm', attempts: 1 });
      await queue.until('m', 'failed');
      broken = false;
      return queue;
    };

    test('the id of a dead letter, added again, is tried again', async () => {
      const queue = await deadLetter();
      assert.equal(await queue.jobs.add('receipts', data('m'), { id: 'm', attempts: 1 }), 'm');
      await queue.until('m', 'done');
      assert.equal(await queue.jobs.add('receipts', data('m'), { id: 'm', attempts: 1 }), 'm');
      assert.equal(queue.runs.length, 2, 'of what is done it is nothing');
    });

    test('a dead letter runs again when asked, with all its tries', async () => {
      const queue = await deadLetter();
      assert.equal(await queue.jobs.retry('m'), true);
      await queue.until('m', 'done');
      assert.equal(await queue.jobs.retry('m'), false);
      assert.equal(await queue.jobs.retry('none'), false);
      assert.deepEqual(await queue.jobs.failed(undefined, 10), { jobs: [], cursor: null });
      assert.equal(queue.runs.length, 2);
    });

    test('done jobs are kept for jobs.kept_ms', async () => {
      const queue = await openQueue(engine, async () => {}, { 'jobs.kept_ms': 1_000 });
      await queue.jobs.add('receipts', data('old'), { id: 'old' });
      await queue.until('old', 'done');
      let others = 0;
      await eventually(async () => {
        const id = await queue.jobs.add('receipts', data('other'), { id: `other-${others++}` });
        await queue.until(id, 'done');
        assert.equal(await queue.jobs.status('old'), null);
      });
    });
  });
}
