// Runs that report, fail, are retried or make room, on any engine.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { JobPaused } from '../src/index.ts';
import { data, type Engine, gate, half, openQueue, type Receipts, useEngine } from './job-case-kit.ts';

export function runningCases(engine: Engine): void {
  describe(`${engine.name}: running`, () => {
    useEngine(engine);

    test('a failed try is made again after a back-off and finds what the first reported', async () => {
      const queue = await openQueue(engine, async (job: Receipts) => {
        if (job.attempt > 1) return;
        await job.report(half);
        throw new Error('not yet');
      });
      const id = await queue.jobs.add('receipts', data('m1'), { attempts: 2 });
      await queue.until(id, 'delayed');
      assert.equal((await queue.jobs.status(id))?.error, 'not yet');
      await queue.until(id, 'done');
      const status = await queue.jobs.status(id);
      assert.deepEqual([status?.attempts, status?.progress, status?.error], [2, half, undefined]);
      assert.deepEqual(
        queue.runs.map(({ attempt, progress }) => [attempt, progress]),
        [
          [1, null],
          [2, half],
        ],
      );
    });

    test('progress is seen while the job runs', async () => {
      const closed = gate();
      const queue = await openQueue(engine, async (job) => {
        await job.report(half);
        await closed.passed;
      });
      const id = await queue.jobs.add('receipts', data('m1'));
      await eventually(async () => assert.deepEqual((await queue.jobs.status(id))?.progress, half));
      closed.open();
      await queue.until(id, 'done');
    });

    test('a drain notifies running jobs; one that pauses is no failed attempt', async () => {
      const begun = gate();
      const queue = await openQueue(engine, async ({ signal }) => {
        begun.open();
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
        throw new JobPaused();
      });
      const id = await queue.jobs.add('receipts', data('m1'), { attempts: 1 });
      await begun.passed;
      await queue.jobs.drain?.();
      const state = (await queue.jobs.status(id))?.state ?? 'gone';
      assert.ok(state === 'waiting' || state === 'delayed', `it is ${state}`);
    });

    test('a job without a handler here is a dead letter that says so', async () => {
      const queue = await openQueue(engine, async () => {});
      const id = await queue.jobs.add('archive', { shard: 1 }, { attempts: 1 });
      await queue.until(id, 'failed');
      assert.match((await queue.jobs.status(id))?.error ?? '', /archive/);
    });
  });
}
