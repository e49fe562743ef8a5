// Runs tests on both engines, memory and Redis. Each simulated process has a bus and jobs; on Redis several processes share one store.
import { after } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import { createJobs, type Jobs } from '@danmux/jobs';
import type { Clock, Runtime } from '@danmux/runtime';
import { eventually, type RedisServer, startRedis, testRuntime } from './unit.ts';

export interface Process {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly jobs: Jobs;
}

export interface Engine {
  readonly name: string;
  open(): Promise<void>;
  close(): Promise<void>;
  /** Creates processes that share a store; jobs are not started. The memory engine always creates one process. */
  processes(count: number, set?: Readonly<Record<string, unknown>>, clock?: Clock): Promise<readonly Process[]>;
}

let redis: RedisServer | undefined;
let stores = 0;
const living = new Set<Process>();

function runtimeWith(set: Readonly<Record<string, unknown>>, clock: Clock | undefined): Runtime {
  return testRuntime({ after }, { shards: 2, ...set }, clock ? { clock } : {});
}

async function processWith(runtime: Runtime): Promise<Process> {
  const bus = createBus(runtime);
  await bus.start();
  await eventually(() => bus.health());
  const process = { runtime, bus, jobs: createJobs(runtime, bus) };
  living.add(process);
  return process;
}

export const engines: readonly Engine[] = [
  { name: 'memory', open: async () => {}, close: async () => {}, processes: async (_count, set = {}, clock) => [await processWith(runtimeWith(set, clock))] },
  {
    name: 'redis',
    open: async () => {
      redis = await startRedis();
    },
    close: async () => redis?.stop(),
    processes: (count, set = {}, clock) => {
      const store = { 'redis.url': redis?.url, 'redis.prefix': `worker-${stores++}` };
      return Promise.all(Array.from({ length: count }, () => processWith(runtimeWith({ ...store, ...set }, clock))));
    },
  },
];

/** Starts the jobs; resolves when the queue is ready. */
export async function startJobs({ jobs }: Process): Promise<void> {
  await jobs.start();
  await eventually(() => jobs.status('none'));
}

export async function endProcess(process: Process): Promise<void> {
  const { jobs, bus } = process;
  living.delete(process);
  await jobs.drain?.();
  await jobs.stop();
  await bus.stop();
}

/** Ends processes that a failed test did not end. */
export async function endProcesses(): Promise<void> {
  await Promise.all([...living].map(endProcess));
}

export class FakeClock implements Clock {
  #now: number;

  constructor(now = Date.UTC(2026, 0, 1)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  advance(ms: number): void {
    this.#now += ms;
  }
}

/** A proxy of `target` with some methods replaced. */
export function withMethods<T extends object>(target: T, methods: Partial<T>): T {
  return new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(methods, name) ?? Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
