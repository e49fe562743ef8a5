// What is of BullMQ alone: processes that only add, workers that die, and a store that is away.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { eventually, type RedisServer, startRedis } from '@danmux/testkit/unit';
import { Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { BullmqJobs } from '../../src/bullmq/jobs.ts';
import { data, endsWhatIsOpened, gate, half, opens, type Receipts, runtimeFor } from '../job-case-kit.ts';
import { confirmingStore, localStore } from '../local-store.ts';

describe('jobs on BullMQ', () => {
  let redis: RedisServer;
  let round = 0;
  before(async () => {
    redis = await startRedis();
  });
  endsWhatIsOpened();
  after(() => redis.stop());

  const prefix = () => ({ 'redis.url': redis.url, 'redis.prefix': `bull-${round++}`, 'jobs.lock_ms': 400 });

  async function open(set: Readonly<Record<string, unknown>>, work?: (job: Receipts) => Promise<void>): Promise<BullmqJobs> {
    const jobs = new BullmqJobs(runtimeFor(set), localStore);
    if (work) jobs.handle('receipts', work);
    return opens(jobs);
  }

  test('a job that must be confirmed is not answered before, and added again it is the same one', async () => {
    let confirms = false;
    const asked: string[] = [];
    const confirm = async (key: string) => {
      asked.push(key);
      if (!confirms) throw new DanmuxError('unavailable');
    };
    const store = prefix();
    const jobs = await opens(new BullmqJobs(runtimeFor(store), confirmingStore(confirm)));
    const add = (confirmed: boolean) => jobs.add('receipts', data('m'), { id: 'one', delayMs: 60_000, confirmed });
    await assert.rejects(add(true), { code: 'unavailable' });
    confirms = true;
    assert.equal(await add(true), 'one');
    assert.equal(await add(false), 'one');
    assert.deepEqual(asked, [`{${store['redis.prefix']}-bull}`, `{${store['redis.prefix']}-bull}`]);
    assert.equal((await jobs.status('one'))?.state, 'delayed');
  });

  test('a process without handlers adds and asks, and takes nothing', async () => {
    const store = prefix();
    const adder = await open(store);
    const id = await adder.add('receipts', data('m'));
    const clients = (await redis.command('CLIENT LIST')).match(/name=danmux-jobs-\w+/g) ?? [];
    assert.deepEqual(clients, ['name=danmux-jobs-queue']);
    assert.equal((await adder.status(id))?.state, 'waiting');
    await open(store, async () => {});
    await eventually(async () => assert.equal((await adder.status(id))?.state, 'done'));
  });

  test('a job that failed before its adder heard of it is not tried again for that', async (t) => {
    const runs: Receipts[] = [];
    const jobs = await open(prefix(), async (job) => {
      runs.push(job);
      throw new Error('broken');
    });
    const add = Queue.prototype.add;
    t.mock.method(Queue.prototype, 'add', async function (this: Queue, ...job: Parameters<Queue['add']>) {
      const added = await add.apply(this, job);
      await eventually(async () => assert.equal(await added.getState(), 'failed'));
      return added;
    });
    const id = await jobs.add('receipts', data('m'), { id: 'm', attempts: 1 });
    assert.equal((await jobs.status(id))?.state, 'failed');
    assert.equal(runs.length, 1);
  });

  test('a job whose worker died is continued by another worker', async () => {
    const store = prefix();
    const begun = gate();
    const dead = await open(store, async (job) => {
      await job.report(half);
      begun.open();
      await new Promise(() => {});
    });
    const id = await dead.add('receipts', data('m'));
    await begun.passed;
    // Without a drain: as if it had been killed.
    await dead.stop();
    const runs: Receipts[] = [];
    const other = await open(store, async (job) => void runs.push(job));
    await eventually(async () => assert.equal((await other.status(id))?.state, 'done'));
    assert.deepEqual(
      runs.map(({ attempt, progress }) => [attempt, progress]),
      [[2, half]],
    );
  });

  test('while Redis refuses commands a worker retries seldom and a drain ends; waiting jobs run when the refusal ends', async () => {
    await redis.command('ACL SETUSER app reset on >secret ~* &* +@all');
    const store = { ...prefix(), 'redis.url': redis.url.replace('redis://', 'redis://app:secret@') };
    // Each refused in another way: before a script, in a script, and where a worker waits.
    for (const acl of ['resetkeys ~none*', '-@write', '-bzpopmin', '-@scripting']) {
      await redis.command(`ACL SETUSER app ${acl}`);
      const refused = new BullmqJobs(runtimeFor(store), localStore);
      refused.handle('receipts', async () => {});
      await refused.start();
      await redis.command('CONFIG RESETSTAT');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const rows = (await redis.command('INFO commandstats')).matchAll(/(\w+):calls=(\d+).*?rejected_calls=(\d+),failed_calls=(\d+)/g);
      const all = [...rows].map(([, name = '', calls, rejected, failed]) => ({ name, calls: Number(calls), refused: Number(rejected) + Number(failed) }));
      const times = all.reduce((sum, one) => sum + one.refused, 0);
      assert.ok(times < 45, `${acl}: ${times} in 1.5 s: ${JSON.stringify(all)}`);
      const since = performance.now();
      await refused.drain();
      await refused.stop();
      assert.ok(performance.now() - since < 3_000, 'it ended, refused');
      await redis.command('ACL SETUSER app allkeys +@all');
    }
    const jobs = await open(store, async () => {});
    const ids = await Promise.all(['n', 'o', 'p', 'q'].map((name) => eventually(() => jobs.add('receipts', data(name)))));
    for (const id of ids) await eventually(async () => assert.equal((await jobs.status(id))?.state, 'done'));
  });

  test('a drain ends, after the jobs that run, also while a connection is just coming back', async (t) => {
    const workers: Worker[] = [];
    const ready = Worker.prototype.waitUntilReady;
    t.mock.method(Worker.prototype, 'waitUntilReady', function (this: Worker) {
      workers.push(this);
      return ready.call(this);
    });
    const begun = gate();
    const goOn = gate();
    t.after(() => goOn.open());
    const jobs = await open(prefix(), async () => {
      begun.open();
      await goOn.passed;
    });
    const id = await jobs.add('receipts', data('m'));
    await begun.passed;
    for (const worker of workers) {
      // Not public: the connection that waits for jobs.
      const { backend } = worker as unknown as { backend: { blockingConnection: { client: Promise<Redis> } } };
      const client = await backend.blockingConnection.client;
      client.options.retryStrategy = () => 600_000;
      client.disconnect(true);
      await eventually(() => assert.equal(client.status, 'reconnecting'));
    }
    let drained = false;
    const draining = jobs.drain().then(() => {
      drained = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([workers.length, drained], [3, false]);
    goOn.open();
    await draining;
    assert.equal((await jobs.status(id))?.state, 'done');
  });

  test('while Redis is away adding is refused at once; it goes on after', async () => {
    const own = await startRedis();
    const jobs = await open({ 'redis.url': own.url }, async () => {});
    await own.kill();
    await eventually(() => assert.rejects(jobs.add('receipts', data('m')), { code: 'unavailable' }));
    const began = performance.now();
    for (const asked of [jobs.add('receipts', data('m')), jobs.status('x'), jobs.cancel('x'), jobs.retry('x'), jobs.failed(undefined, 1)]) {
      await assert.rejects(asked, { code: 'unavailable' });
    }
    assert.ok(performance.now() - began < 3_000, 'nobody waits for it');
    await own.start();
    const id = await eventually(() => jobs.add('receipts', data('m')));
    await eventually(async () => assert.equal((await jobs.status(id))?.state, 'done'), { timeoutMs: 20_000 });
    await jobs.stop();
    await own.stop();
  });
});
