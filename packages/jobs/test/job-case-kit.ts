// What the conformance cases of jobs share: an engine, a queue that runs, and handlers that a test opens and closes.
import { after, afterEach, before } from 'node:test';
import type { Clock, Runtime } from '@danmux/runtime';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import type { JobProgress, JobState, Jobs, RunningJob } from '../src/index.ts';

export interface Engine {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** A store of its own; every runtime of it shares it. */
  prepare(set: Readonly<Record<string, unknown>>): { runtime(): Runtime };
  jobs(runtime: Runtime): Jobs;
}

export function runtimeFor(set: Readonly<Record<string, unknown>>, clock?: Clock): Runtime {
  return testRuntime({ after }, set, clock ? { clock } : {});
}

export type Receipts = RunningJob<'receipts'>;
export type Work = (job: Receipts) => Promise<void>;

export interface Queue {
  readonly jobs: Jobs;
  /** Every run that was begun. */
  readonly runs: Receipts[];
  until(id: string, state: JobState): Promise<void>;
}

let opened: Jobs[] = [];

/** Opens the engine for the tests of a `describe`, and ends what they opened. */
export function useEngine(engine: Engine): void {
  before(() => engine.open());
  endsWhatIsOpened();
  after(() => engine.close());
}

/** After each test of a `describe`, also one that failed, its jobs are drained and stopped. */
export function endsWhatIsOpened(): void {
  afterEach(async () => {
    await Promise.all(opened.map(end));
    opened = [];
  });
}

/** Starts them; resolves when the store answers. */
export async function opens<J extends Jobs>(jobs: J): Promise<J> {
  opened.push(jobs);
  await jobs.start();
  await eventually(() => jobs.status('none'));
  return jobs;
}

async function end(jobs: Jobs): Promise<void> {
  // A test that failed may have left a handler at a gate that stays shut.
  await Promise.race([jobs.drain?.(), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
  await jobs.stop();
}

/** A queue whose `receipts` jobs do `work`; `others` gives more handlers. */
export async function openQueue(
  engine: Engine,
  work: Work,
  set: Readonly<Record<string, unknown>> = {},
  others: (jobs: Jobs) => void = () => {},
): Promise<Queue> {
  const runtime = engine.prepare(set).runtime();
  const jobs = engine.jobs(runtime);
  const runs: Receipts[] = [];
  jobs.handle('receipts', async (job) => {
    runs.push(job);
    await work(job);
  });
  others(jobs);
  await opens(jobs);
  return {
    jobs,
    runs,
    until: (id, state) =>
      eventually(async () => {
        const status = await jobs.status(id);
        if (status?.state !== state) throw new Error(`${id} is ${status?.state ?? 'gone'}, not ${state}: ${status?.error ?? ''}`);
      }),
  };
}

/** A gate a handler waits at. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = () => {};
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { passed, open: () => open() };
}

export const data = (id: string) => ({ id, room: 'live:1' });
export const half: JobProgress = { done: 1, total: 2, cursor: 'b' };
