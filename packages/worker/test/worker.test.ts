// The worker role in one process: it is a member while it runs, sweeps on time, leaves at once, and survives a failing bus.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import { readSamples } from '@danmux/cluster';
import { createJobs, type Jobs } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';
import { type Gate, gated, testRuntime } from '@danmux/testkit/unit';
import { WorkerRole } from '../src/index.ts';

let runtime: Runtime;
let bus: Bus;
let jobs: Jobs;
let gate: Gate<Bus>;
beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval'] });
  runtime = testRuntime({ after }, { 'worker.sweep_interval_ms': 1_000 }, { role: 'worker' });
  gate = gated(createBus(runtime));
  bus = gate.open;
  jobs = createJobs(runtime, bus);
});
afterEach(() => mock.timers.reset());

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    mock.timers.tick(500);
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}

async function results(): Promise<Record<string, number>> {
  const { values } = await runtime.metrics.jobs.get();
  return Object.fromEntries(
    values.filter(({ labels }) => labels['job'] === 'sweep').map(({ labels, value }) => [`${labels['job']} ${labels['result']}`, value]),
  );
}

test('a worker is a member of the cluster from start to drain', async () => {
  const worker = new WorkerRole(runtime, bus, jobs);
  await jobs.start();
  await worker.start();
  assert.deepEqual(
    (await bus.members.list()).map(({ role }) => role),
    ['worker'],
  );
  await worker.drain();
  assert.deepEqual(await bus.members.list(), []);
  await worker.stop();
  await jobs.stop();
});

test('a worker sweeps once per interval, and not after drain', async () => {
  const worker = new WorkerRole(runtime, bus, jobs);
  await jobs.start();
  await worker.start();
  assert.equal(gate.count('sweep'), 0);
  await pass(3_000);
  assert.equal(gate.count('sweep'), 3);
  await worker.drain();
  await jobs.drain?.();
  await pass(3_000);
  assert.equal(gate.count('sweep'), 3);
  await worker.stop();
  await jobs.stop();
});

test('a worker samples the statistics every ten seconds', async () => {
  const worker = new WorkerRole(runtime, bus, jobs);
  await jobs.start();
  await worker.start();
  await pass(9_500);
  assert.equal((await readSamples(bus)).length, 0);
  await pass(10_500);
  assert.equal((await readSamples(bus)).length, 2);
  await worker.drain();
  await jobs.drain?.();
  await worker.stop();
  await jobs.stop();
});

test('a failing sweep is counted, and the next one runs', async () => {
  const worker = new WorkerRole(runtime, bus, jobs);
  gate.away = new Error('away');
  await jobs.start();
  await worker.start();
  await pass(2_000);
  assert.deepEqual(await results(), { 'sweep failed': 2 });
  gate.away = undefined;
  await pass(1_000);
  assert.deepEqual(await results(), { 'sweep failed': 2, 'sweep done': 1 });
  gate.away = new Error('away');
  await worker.drain();
  await worker.stop();
  await jobs.stop();
});

test('a sweep removes records of dead processes', async () => {
  await bus.presence.report('alive', new Map([['live:1', 2]]), 60_000);
  let found = 0;
  const { sweep } = bus;
  bus.sweep = async () => {
    const removed = await sweep();
    found += removed.presence;
    return removed;
  };
  const worker = new WorkerRole(runtime, bus, jobs);
  await jobs.start();
  await worker.start();
  const end = performance.now() + 10_000;
  while (found === 0 && performance.now() < end) {
    // Reported again each time, because a count of the rooms, such as that of a sample, also removes dead records.
    await bus.presence.report('dead', new Map([['live:2', 3]]), 1);
    await pass(1_000);
  }
  assert.equal(found, 1);
  assert.deepEqual(await bus.presence.totals(), { rooms: 1, online: 2 });
  await worker.drain();
  await worker.stop();
  await jobs.stop();
});
