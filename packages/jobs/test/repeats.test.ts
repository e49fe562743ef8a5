// Repeated jobs run once per interval in the whole cluster, on both engines, and survive what they depend on.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { BullmqJobs } from '../src/bullmq/jobs.ts';
import type { Jobs } from '../src/index.ts';
import { MemoryJobs } from '../src/memory/jobs.ts';
import { localStore } from './local-store.ts';

function runtimeWith(set: Readonly<Record<string, unknown>> = {}): Runtime {
  return testRuntime({ after }, { shards: 4, ...set }, { role: 'worker' });
}

async function results(runtime: Runtime): Promise<Record<string, number>> {
  return Object.fromEntries((await runtime.metrics.jobs.get()).values.map(({ labels, value }) => [String(labels['result']), value]));
}

async function end(jobs: Jobs): Promise<void> {
  await jobs.drain?.();
  await jobs.stop();
}

test('in process: runs every interval, never twice at a time, counts failures and goes on', async () => {
  const runtime = runtimeWith();
  const jobs = new MemoryJobs(runtime);
  let running = 0;
  let most = 0;
  let runs = 0;
  jobs.repeat({
    name: 'try',
    everyMs: 5,
    run: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 12));
      running--;
      if (++runs % 2 === 0) throw new Error('every second one fails');
    },
  });
  await jobs.start();
  try {
    await eventually(async () => {
      const { done = 0, failed = 0 } = await results(runtime);
      assert.ok(done >= 2 && failed >= 2, `${done} done, ${failed} failed`);
    });
  } finally {
    await end(jobs);
  }
  assert.equal(most, 1);
});

test('in process: a run that throws is tried three times in all, and again at the next interval; none runs after a drain', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  const runtime = runtimeWith();
  const jobs = new MemoryJobs(runtime);
  let runs = 0;
  jobs.repeat({ name: 'try', everyMs: 60_000, run: async () => Promise.reject(new Error(`run ${++runs} fails`)) });
  await jobs.start();
  const after = async (ms: number, expected: number) => {
    t.mock.timers.tick(ms);
    // The outcome of a run, and with it the next timer, comes in promise callbacks.
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(runs, expected, `${ms} ms later`);
  };
  await after(60_000, 1);
  await after(499, 1);
  await after(501, 2);
  await after(2_000, 3);
  await after(50_000, 3);
  await after(7_000, 4);
  await jobs.drain();
  await after(200_000, 4);
  await jobs.stop();
});

describe('on BullMQ with a real Redis', () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  test('two workers run a job once an interval; when one ends the other goes on', async () => {
    const runs: string[] = [];
    const workers = ['a', 'b'].map((name) => {
      const jobs = new BullmqJobs(runtimeWith({ 'redis.url': redis.url, 'redis.prefix': 'two' }), localStore);
      jobs.repeat({ name: 'try', everyMs: 200, run: async () => void runs.push(name) });
      return jobs;
    });
    const began = Date.now();
    await Promise.all(workers.map((jobs) => jobs.start()));
    await eventually(() => assert.ok(runs.length >= 8, 'eight runs'));
    const intervals = (Date.now() - began) / 200;
    assert.ok(runs.length <= intervals + 2, `${runs.length} runs in ${intervals} intervals`);
    await end(workers[0] as Jobs);
    const before = runs.length;
    await eventually(() => assert.ok(runs.length >= before + 3, 'three more'));
    assert.deepEqual([...new Set(runs.slice(before))], ['b']);
    await end(workers[1] as Jobs);
  });

  test('a run that throws is tried three times in all, and counted', async () => {
    const runtime = runtimeWith({ 'redis.url': redis.url, 'redis.prefix': 'retry' });
    const jobs = new BullmqJobs(runtime, localStore);
    jobs.repeat({ name: 'try', everyMs: 3_600_000, run: async () => Promise.reject(new Error('not yet')) });
    await jobs.start();
    await eventually(async () => assert.equal((await results(runtime)).failed, 3));
    await end(jobs);
  });

  test('they start without Redis, work when it comes, and again after it was away', async () => {
    const late = await startRedis();
    await late.kill();
    const runtime = runtimeWith({ 'redis.url': late.url });
    const jobs = new BullmqJobs(runtime, localStore);
    jobs.repeat({ name: 'try', everyMs: 100, run: async () => {} });
    await jobs.start();
    await assert.rejects(jobs.status('any'), { code: 'unavailable' });
    await late.start();
    await eventually(async () => assert.ok(((await results(runtime)).done ?? 0) >= 2, 'ran twice'));
    await late.kill();
    await late.start();
    const before = (await results(runtime)).done ?? 0;
    await eventually(async () => assert.ok(((await results(runtime)).done ?? 0) > before, 'ran again'), { timeoutMs: 20_000 });
    await end(jobs);
    await late.stop();
  });
});
