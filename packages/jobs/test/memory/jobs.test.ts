// What is of the in-process engine alone: it follows the runtime's clock, and holds only so many.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Runtime } from '@danmux/runtime';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import { jobRules } from '../../src/job-rules.ts';
import { MemoryJobs } from '../../src/memory/jobs.ts';
import { data } from '../job-case-kit.ts';

let now = Date.UTC(2026, 0, 1);
const day = 86_400_000;

function runtimeWith(set: Readonly<Record<string, unknown>> = {}): Runtime {
  return testRuntime({ after }, set, { clock: { now: () => now } });
}

test('a delay of thirty days ends when the clock says so', async () => {
  const jobs = new MemoryJobs(runtimeWith());
  const ran: string[] = [];
  jobs.handle('receipts', async (job) => void ran.push(job.id));
  await jobs.start();
  await jobs.add('receipts', data('m'), { id: 'later', delayMs: 30 * day });
  await jobs.add('receipts', data('m'), { id: 'now' });
  await eventually(() => assert.deepEqual(ran, ['now']));
  now += 30 * day - 1;
  assert.equal((await jobs.status('later'))?.state, 'delayed');
  now += 1;
  await eventually(() => assert.deepEqual(ran, ['now', 'later']));
  await jobs.stop();
});

test('dead letters outlive done jobs ten times, and both go', async () => {
  const jobs = new MemoryJobs(runtimeWith({ 'jobs.kept_ms': day }));
  jobs.handle('receipts', async ({ id }) => {
    if (id === 'bad') throw new Error('bad');
  });
  await jobs.start();
  for (const id of ['good', 'bad']) await jobs.add('receipts', data('m'), { id, attempts: 1 });
  await eventually(async () => assert.deepEqual([(await jobs.status('good'))?.state, (await jobs.status('bad'))?.state], ['done', 'failed']));
  now += day;
  assert.equal(await jobs.status('good'), null);
  assert.equal((await jobs.status('bad'))?.state, 'failed');
  now += 9 * day;
  assert.equal(await jobs.status('bad'), null);
  assert.deepEqual(await jobs.failed(undefined, 10), { jobs: [], cursor: null });
  await jobs.stop();
});

test('past the cap adding is refused, and goes again when there is room', async () => {
  const jobs = new MemoryJobs(runtimeWith());
  for (let n = 0; n < jobRules.waiting; n++) await jobs.add('receipts', data('m'), { id: String(n), delayMs: day });
  await assert.rejects(jobs.add('receipts', data('m')), { code: 'unavailable' });
  assert.equal((await jobs.cancel('7'))?.id, '7');
  await jobs.add('receipts', data('m'));
  await jobs.stop();
});

test('the data of a stored job is changed neither by its caller nor by a run', async () => {
  const jobs = new MemoryJobs(runtimeWith());
  const seen: string[] = [];
  jobs.handle('broadcast', async (job) => {
    const given = job.data.data as { text: string };
    seen.push(given.text);
    given.text = 'changed';
    if (seen.length === 1) throw new Error('again');
  });
  const message = { text: 'hello' };
  await jobs.add('broadcast', { id: 'b', rooms: ['*'], type: 'notice', data: message });
  message.text = 'changed';
  await jobs.start();
  await eventually(() => {
    now += 1_000;
    assert.deepEqual(seen, ['hello', 'hello']);
  });
  await jobs.stop();
});
