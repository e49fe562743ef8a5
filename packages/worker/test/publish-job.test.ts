// Delayed messages are published once, when due, on both engines; refusals by the store are retried.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { acceptPublication, type Bus, type Publication } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { endProcess, endProcesses, engines, FakeClock, type Process, startJobs } from '@danmux/testkit/engines';
import { gated } from '@danmux/testkit/unit';
import { publishJob } from '../src/publish-job.ts';
import { runningJob } from './running-job.ts';

const clock = new FakeClock();

function message(id: string, marks?: Publication['marks']): Publication {
  const incoming = { room: 'live:1', type: 'gift', data: { n: 1 }, id, ...(marks ? { marks } : {}) };
  return acceptPublication(incoming, { types: { gift: { lane: 'gift', viewer: false } }, maxData: 1_000, now: 1 });
}

async function waiting({ bus, runtime }: Process): Promise<Publication[]> {
  const found = await Promise.all(Array.from({ length: runtime.config.shards }, (_, shard) => bus.ingress.read(shard, 'gift', undefined, 100)));
  return found.flat();
}

for (const engine of engines) {
  describe(`delayed messages on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(endProcesses);
    after(() => engine.close());

    test('delayed messages are published when due, and once when the job runs again', async () => {
      const [process] = (await engine.processes(1, {}, clock)) as [Process];
      process.jobs.handle('publish', publishJob(process));
      await startJobs(process);
      const run = publishJob(process);
      const { dedupeKey, ...bare } = message('b');
      assert.equal(dedupeKey, 'b');
      const publications = [message('a'), bare];
      clock.advance(5_000);
      for (let round = 0; round < 2; round++) await run(runningJob('publish', { publications }));
      const found = await waiting(process);
      assert.deepEqual(
        found.map(({ id, body }) => [id, (JSON.parse(body) as { ts: number }).ts]),
        [
          ['a', clock.now()],
          ['b', clock.now()],
        ],
      );
      await endProcess(process);
    });

    test('an expired message is not published', async () => {
      const [process] = (await engine.processes(1, {}, clock)) as [Process];
      const publications = [message('late', { expires_at: clock.now() - 1 }), message('in time', { expires_at: clock.now() + 60_000 })];
      const job = runningJob('publish', { publications });
      await publishJob(process)(job);
      assert.deepEqual(
        (await waiting(process)).map(({ id }) => id),
        ['in time'],
      );
      await endProcess(process);
    });

    test('a message with receipts gets its counts and its receipts job', async () => {
      const [process] = (await engine.processes(1, {}, clock)) as [Process];
      await startJobs(process);
      await publishJob(process)(runningJob('publish', { publications: [message('r', { receipt: true })] }));
      assert.deepEqual((await process.bus.receipts.find('r'))?.rooms, ['live:1']);
      await endProcess(process);
    });
  });
}

describe('a refusal by the store', () => {
  const [engine] = engines as [(typeof engines)[number]];

  async function refusing(answers: readonly (Error | null)[][]): Promise<{ process: Process; bus: Bus; asked: string[][] }> {
    const [process] = (await engine.processes(1, {}, clock)) as [Process];
    const asked: string[][] = [];
    const gate = gated(process.bus);
    gate.replace('ingress.publish', async (publications) => {
      const errors = answers[asked.length] ?? [];
      asked.push(publications.map(({ id }) => id));
      return publications.map(({ id }, index) => errors[index] ?? { id, duplicate: false });
    });
    return { process, bus: gate.open, asked };
  }

  test('is retried when it is temporary, for the refused messages only', async () => {
    const full = new DanmuxError('lane_full');
    const { process, bus, asked } = await refusing([[null, full, null], [full], []]);
    const job = runningJob('publish', { publications: ['a', 'b', 'c'].map((id) => message(id)) });
    await publishJob({ ...process, bus })(job);
    assert.deepEqual(asked, [['a', 'b', 'c'], ['b'], ['b']]);
    assert.deepEqual(job.reports.at(-1), { done: 3, total: 3, cursor: '[0,2,1]' });
    await endProcess(process);
  });

  test('fails the job when it is permanent; the next run continues with the rest', async () => {
    const { process, bus, asked } = await refusing([[null, new Error('broken')], []]);
    const data = { publications: ['a', 'b'].map((id) => message(id)) };
    const first = runningJob('publish', data);
    await assert.rejects(publishJob({ ...process, bus })(first), /broken/);
    await publishJob({ ...process, bus })(runningJob('publish', data, first.reports.at(-1)));
    assert.deepEqual(asked, [['a', 'b'], ['b']]);
    await endProcess(process);
  });
});
