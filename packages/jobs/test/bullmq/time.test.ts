// Jobs on BullMQ go by the cluster's time, wherever the clocks of the processes that add and run them stand.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, type RedisServer, startRedis } from '@danmux/testkit/unit';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { BullmqJobs } from '../../src/bullmq/jobs.ts';
import { jobKeyOf } from '../../src/bullmq/rows.ts';
import { timePlaces } from '../../src/bullmq/time.ts';
import { data, endsWhatIsOpened, opens, type Receipts, runtimeFor } from '../job-case-kit.ts';
import { localStore } from '../local-store.ts';

const hour = 3_600_000;
/** Scripts whose timestamp is not that of now, or that nothing of ours runs. */
const others = ['cleanJobsInSet', 'getCounts', 'moveJobsToWait', 'relayPublish'];

test('every script of BullMQ that takes the time gets the cluster’s time', () => {
  const commands = join(dirname(fileURLToPath(import.meta.resolve('bullmq'))), '../esm/commands');
  const found = readdirSync(commands).flatMap((file): [string, number][] => {
    const [, name = '', keys] = /^(\w+)-(\d+)\.lua$/.exec(file) ?? [];
    const place = name && /ARGV\[(\d+)\] +(?:optional delayed )?timestamp/.exec(readFileSync(join(commands, file), 'utf8'))?.[1];
    return place && !others.includes(name) ? [[name, Number(keys) + Number(place) - 1]] : [];
  });
  assert.deepEqual(Object.fromEntries(found), timePlaces);
});

describe('on a real Redis', () => {
  let redis: RedisServer;
  let round = 0;
  before(async () => {
    redis = await startRedis();
  });
  endsWhatIsOpened();
  after(() => redis.stop());

  interface Opened {
    readonly jobs: BullmqJobs;
    readonly runs: { readonly job: Receipts; readonly at: number }[];
    readonly prefix: string;
  }

  /** Jobs of a process whose machine is `ahead` of the cluster's time. */
  async function open(ahead: number, work: (job: Receipts) => Promise<void> = async () => {}, prefix = `time-${round++}`): Promise<Opened> {
    const set = { 'redis.url': redis.url, 'redis.prefix': prefix, 'jobs.lock_ms': 400 };
    const jobs = new BullmqJobs(runtimeFor(set, { now: () => Date.now() - ahead }), localStore);
    const runs: Opened['runs'] = [];
    jobs.handle('receipts', async (job) => {
      runs.push({ job, at: performance.now() });
      await work(job);
    });
    return { jobs: await opens(jobs), runs, prefix };
  }

  for (const ahead of [hour, -hour]) {
    test(`${ahead / hour} h ahead: a delayed job runs when it is due, and its times are the cluster's`, async () => {
      const { jobs, runs } = await open(ahead);
      const began = performance.now();
      const id = await jobs.add('receipts', data('m'), { delayMs: 400 });
      assert.equal((await jobs.status(id))?.state, 'delayed');
      await eventually(async () => assert.equal((await jobs.status(id))?.state, 'done'));
      const after = (runs[0]?.at ?? 0) - began;
      assert.ok(after >= 395 && after < 3_000, `after ${after} ms`);
      const { createdAt = 0, finishedAt = 0 } = (await jobs.status(id)) ?? {};
      for (const time of [createdAt, finishedAt]) assert.ok(Math.abs(time - (Date.now() - ahead)) < 10_000, `${time - Date.now()}`);
    });

    test(`${ahead / hour} h ahead: a failed job is tried again after its wait`, async () => {
      const { jobs, runs } = await open(ahead, async () => {
        if (runs.length === 1) throw new Error('not yet');
      });
      const id = await jobs.add('receipts', data('m'));
      await eventually(async () => assert.equal((await jobs.status(id))?.state, 'done'));
      const waited = (runs[1]?.at ?? 0) - (runs[0]?.at ?? 0);
      assert.ok(waited >= 400 && waited < 4_000, `after ${waited} ms`);
    });

    test(`${ahead / hour} h ahead: the job of a key is hastened by a sooner one, and not put off by a later`, async () => {
      const { jobs, runs } = await open(ahead);
      for (const delayMs of [hour, 300, hour]) await jobs.add('receipts', data('m'), { key: 'k', delayMs });
      await eventually(() => assert.equal(runs.length, 1));
    });

    test(`${ahead / hour} h ahead: a repeated job runs each interval`, async () => {
      const jobs = new BullmqJobs(runtimeFor({ 'redis.url': redis.url, 'redis.prefix': `time-${round++}` }, { now: () => Date.now() - ahead }), localStore);
      const runs: number[] = [];
      jobs.repeat({ name: 'try', everyMs: 200, run: async () => void runs.push(performance.now()) });
      await opens(jobs);
      await eventually(() => assert.ok(runs.length >= 4));
      // Runs are due at fixed times, so on a busy machine the first may be late and the others not: three intervals shrink to two.
      assert.ok((runs.at(-1) ?? 0) - (runs[0] ?? 0) >= 350, `${runs}`);
    });
  }

  test('a step back of the clock while a job runs does not let another worker take it', async (t) => {
    let back = 0;
    const now = Date.now;
    t.mock.method(Date, 'now', () => now.call(Date) - back);
    const { jobs, runs, prefix } = await open(0, () => new Promise((resolve) => setTimeout(resolve, 1_500)));
    const id = await jobs.add('receipts', data('m'));
    await eventually(() => assert.equal(runs.length, 1));
    back = hour;
    const other = await open(0, undefined, prefix);
    await eventually(async () => assert.equal((await jobs.status(id))?.state, 'done'));
    assert.deepEqual([runs.length, other.runs.length], [1, 0]);
  });

  test('a job that another process gave to run too early waits for its time', async () => {
    const { jobs, runs, prefix } = await open(0);
    const began = performance.now();
    const id = await jobs.add('receipts', data('m'), { delayMs: 1_200 });
    const queue = new Queue('jobs-short', { connection: new Redis(redis.url, { maxRetriesPerRequest: null }) as never, prefix: `{${prefix}-bull}` });
    await (await queue.getJob(jobKeyOf(id)))?.promote();
    await eventually(async () => assert.equal((await jobs.status(id))?.state, 'done'));
    assert.ok((runs[0]?.at ?? 0) - began >= 1_195, `after ${(runs[0]?.at ?? 0) - began} ms`);
    assert.equal(runs.length, 1);
    const client = (await queue.getBackend().client) as unknown as Redis;
    await queue.close();
    client.disconnect();
  });
});
