// The worker role: everything off the hot path. It may stop at any time; its jobs wait or go to another worker.
import type { Bus } from '@danmux/bus';
import { Membership } from '@danmux/cluster';
import type { Part, Runtime } from '@danmux/runtime';
import type { Jobs } from './jobs.ts';
import { BullmqJobs } from './jobs-bullmq.ts';
import { MemoryJobs } from './jobs-memory.ts';
import { sweepJob } from './sweep.ts';

export class WorkerRole implements Part {
  readonly name = 'worker';
  readonly #membership: Membership;
  readonly #jobs: Jobs;

  constructor(runtime: Runtime, bus: Bus) {
    this.#membership = new Membership(runtime, bus, { role: 'worker', address: () => '', load: () => 0 });
    this.#jobs = bus.engine === 'redis' ? new BullmqJobs(runtime) : new MemoryJobs(runtime);
    this.#jobs.repeat(sweepJob(runtime, bus));
  }

  async start(): Promise<void> {
    await this.#membership.start();
    await this.#jobs.start();
  }

  async drain(): Promise<void> {
    await this.#membership.drain();
    await this.#jobs.drain();
  }

  async stop(): Promise<void> {
    await this.#membership.stop();
    await this.#jobs.stop();
  }
}
