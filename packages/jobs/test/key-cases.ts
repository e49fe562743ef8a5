// Jobs of one key: at most one waits and one runs, on any engine.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { data, type Engine, gate, openQueue, useEngine } from './job-case-kit.ts';

const key = 'webhooks:default:3';

export function keyCases(engine: Engine): void {
  describe(`${engine.name}: keys`, () => {
    useEngine(engine);

    test('while one waits, adding changes nothing; an earlier time counts, a later one does not', async () => {
      const queue = await openQueue(engine, async () => {});
      const id = await queue.jobs.add('receipts', data('first'), { key, delayMs: 60_000 });
      assert.equal(await queue.jobs.add('receipts', data('second'), { key, delayMs: 90_000 }), id);
      assert.equal((await queue.jobs.status(id))?.state, 'delayed');
      assert.equal(await queue.jobs.add('receipts', data('third'), { key, delayMs: 50 }), id);
      assert.equal(await queue.jobs.add('receipts', data('fourth'), { key, delayMs: 80_000 }), id);
      await eventually(async () => assert.equal(await queue.jobs.status(id), null, 'done, and not kept'));
      assert.deepEqual(
        queue.runs.map(({ data }) => data.id),
        ['first'],
      );
    });

    test('while one runs, one more follows, however many are added', async () => {
      const gates = [gate(), gate()];
      let running = 0;
      let most = 0;
      const queue = await openQueue(engine, async () => {
        most = Math.max(most, ++running);
        await gates[queue.runs.length - 1]?.passed;
        running--;
      });
      const first = await queue.jobs.add('receipts', data('same'), { key });
      await queue.until(first, 'active');
      for (let i = 0; i < 5; i++) await queue.jobs.add('receipts', data('same'), { key });
      const other = await queue.jobs.add('receipts', data('other'), { key: 'another' });
      await eventually(() => assert.equal(queue.runs.length, 2, 'the other key runs meanwhile'));
      assert.equal(queue.runs[1]?.data.id, 'other');
      for (const { open } of gates) open();
      await eventually(() => assert.equal(queue.runs.length, 3, 'one follows'));
      await eventually(async () => assert.equal(await queue.jobs.status(other), null, 'the other is done'));
      const last = await queue.jobs.add('receipts', data('last'));
      await queue.until(last, 'done');
      assert.deepEqual(
        queue.runs.map(({ data }) => data.id),
        ['same', 'other', 'same', 'last'],
      );
      assert.ok(most <= 2, 'two keys at once at most');
    });

    test('a key is free again after its job failed for good', async () => {
      const queue = await openQueue(engine, async ({ data: { id } }) => {
        if (id === 'bad') throw new Error('bad');
      });
      const bad = await queue.jobs.add('receipts', data('bad'), { key, attempts: 1 });
      await queue.until(bad, 'failed');
      await queue.jobs.add('receipts', data('good'), { key });
      await eventually(() => assert.equal(queue.runs.length, 2, 'the next ran'));
      assert.equal(queue.runs[1]?.data.id, 'good');
    });
  });
}
