// A broadcast reaches each of its rooms once, at the shared pace, and continues where it stopped, on both engines.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Pending } from '@danmux/bus';
import { JobPaused } from '@danmux/jobs';
import { DanmuxError } from '@danmux/protocol';
import { endProcess, endProcesses, engines, FakeClock, type Process, startJobs } from '@danmux/testkit/engines';
import { gated } from '@danmux/testkit/unit';
import { broadcastJob } from '../src/broadcast-job.ts';
import { runningJob } from './running-job.ts';

const online = new Map([
  ['live:1', 5],
  ['live:2', 3],
  ['live:3', 1],
  ['vip', 9],
]);
const news = { id: 'b1', type: 'notice', data: { text: 'hello' } };

async function told({ bus, runtime }: Process): Promise<Pending[]> {
  const found = await Promise.all(Array.from({ length: runtime.config.shards }, (_, shard) => bus.ingress.read(shard, 'control', undefined, 1_000)));
  return found.flat();
}
const roomsOf = (found: readonly Pending[]) => found.map(({ room }) => room).sort();

for (const engine of engines) {
  describe(`broadcasts on ${engine.name}`, () => {
    before(() => engine.open());
    afterEach(endProcesses);
    after(() => engine.close());

    async function open(set: Readonly<Record<string, unknown>> = {}): Promise<Process> {
      const [process] = (await engine.processes(1, set)) as [Process];
      await process.bus.presence.report('edge-1', online, 60_000);
      return process;
    }

    test('exact names, prefixes and `*` match; each room is reached once, also a named room without viewers', async () => {
      for (const [rooms, wanted] of [
        [['live:*'], ['live:1', 'live:2', 'live:3']],
        [['*'], [...online.keys()]],
        [
          ['vip', 'nobody', 'live:2', 'live:*'],
          ['live:1', 'live:2', 'live:3', 'nobody', 'vip'],
        ],
        [['none:*'], []],
      ] as const) {
        const process = await open();
        const job = runningJob('broadcast', { ...news, rooms });
        await broadcastJob(process)(job);
        const found = await told(process);
        assert.deepEqual(roomsOf(found), wanted);
        for (const { id, body } of found) {
          assert.equal(id, 'b1');
          assert.deepEqual((JSON.parse(body) as { data: unknown }).data, news.data);
        }
        assert.equal(job.reports.at(-1)?.done ?? 0, wanted.length);
        await endProcess(process);
      }
    });

    test('a broadcast that runs again from the start repeats no message; one that continues reaches the remaining rooms', async () => {
      const process = await open();
      const data = { ...news, rooms: ['*'] };
      await broadcastJob(process)(runningJob('broadcast', data, { done: 2, total: 4, cursor: 'live:2' }));
      assert.deepEqual(roomsOf(await told(process)), ['live:3', 'vip']);
      const again = runningJob('broadcast', data);
      await broadcastJob(process)(again);
      assert.deepEqual(roomsOf(await told(process)), [...online.keys()]);
      assert.deepEqual(again.reports.at(-1), { done: 4, total: 4, cursor: 'vip' });
      await endProcess(process);
    });

    test('a broadcast keeps the rates of rooms and viewers', async () => {
      for (const [set, leastMs] of [
        [{ 'broadcasts.rooms_per_second': 10 }, 300],
        [{ 'broadcasts.viewers_per_second': 40 }, 200],
      ] as const) {
        const process = await open(set);
        const began = performance.now();
        const job = runningJob('broadcast', { ...news, rooms: ['*'] });
        await broadcastJob(process)(job);
        const took = performance.now() - began;
        assert.ok(took >= leastMs - 5 && took < leastMs + 2_000, `${took} ms`);
        assert.equal(roomsOf(await told(process)).length, 4);
        await endProcess(process);
      }
    });

    test('concurrent broadcasts on several workers share the rates and take turns', async () => {
      const processes = await engine.processes(2, { 'broadcasts.rooms_per_second': 10 });
      const rooms = ['a', 'b', 'c', 'd'];
      const began = performance.now();
      const order: number[] = [];
      const runs = [0, 1, 2].map((n) => {
        const job = runningJob('broadcast', { ...news, id: `b${n}`, rooms });
        const report = async () => void order.push(n);
        return broadcastJob(processes[n % processes.length] as Process)({ ...job, report });
      });
      await Promise.all(runs);
      const took = performance.now() - began;
      assert.ok(took >= 1_100 - 20 && took < 4_000, `twelve rooms took ${took} ms`);
      const halfway = order.slice(0, 9);
      for (const n of [0, 1, 2]) assert.ok(halfway.filter((m) => m === n).length >= 2, `turns: ${order.join()}`);
      assert.equal((await told(processes[0] as Process)).length, 12);
    });

    test('the end of the process stops a broadcast between rooms and stores its cursor', async () => {
      const process = await open({ 'broadcasts.rooms_per_second': 1 });
      const job = runningJob('broadcast', { ...news, rooms: ['*'] });
      const report = job.report;
      const stopped = broadcastJob(process)({
        ...job,
        report: async (progress) => {
          await report(progress);
          job.ended.abort();
        },
      });
      await assert.rejects(stopped, JobPaused);
      assert.deepEqual(job.reports, [{ done: 1, total: 4, cursor: 'live:1' }]);
      await endProcess(process);
    });

    test('with receipts, every room gets its counts, and the receipts job is added after the last', async () => {
      const process = await open({ 'receipts.timeout_ms': 60_000 });
      await startJobs(process);
      await broadcastJob(process)(runningJob('broadcast', { ...news, rooms: ['live:*'], receipt: true }));
      assert.deepEqual([...((await process.bus.receipts.find('b1'))?.rooms ?? [])].sort(), ['live:1', 'live:2', 'live:3']);
      for (const { marks, body } of await told(process)) assert.deepEqual([marks?.receipt, (JSON.parse(body) as { receipt: boolean }).receipt], [true, true]);
      await endProcess(process);
    });
  });
}

describe('a broadcast with failures', () => {
  const [engine] = engines as [(typeof engines)[number]];

  test('retries rooms whose lane is full', async () => {
    const [process] = (await engine.processes(1)) as [Process];
    let refusals = 2;
    const gate = gated(process.bus);
    gate.wrap('ingress.publish', async (next, publications) => {
      if (publications.length > 1 || refusals-- <= 0) return next(publications);
      return [new DanmuxError('lane_full')];
    });
    const job = runningJob('broadcast', { ...news, rooms: ['one'] });
    await broadcastJob({ ...process, bus: gate.open })(job);
    assert.deepEqual(roomsOf(await told(process)), ['one']);
    await endProcess(process);
  });

  test('ends when it has expired', async () => {
    const clock = new FakeClock();
    const [process] = (await engine.processes(1, { 'broadcasts.rooms_per_second': 10 }, clock)) as [Process];
    const job = runningJob('broadcast', { ...news, rooms: ['a', 'b', 'c'], expires_at: clock.now() + 1_000 });
    await broadcastJob(process)({ ...job, report: async () => clock.advance(600) });
    assert.deepEqual(roomsOf(await told(process)), ['a', 'b']);
    await endProcess(process);
  });
});
