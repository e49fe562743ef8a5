// The worker role: everything off the hot path. It may stop at any time; its jobs wait or go to another worker. It gives the
// process's jobs their handlers and owns neither queue nor timers of them.
import type { Bus } from '@danmux/bus';
import { type Jobs, Membership } from '@danmux/cluster';
import type { Part, Runtime } from '@danmux/runtime';
import { sweepJob } from './sweep.ts';

export class WorkerRole implements Part {
  readonly name = 'worker';
  readonly #membership: Membership;

  /** Of `jobs` that are not started yet. */
  constructor(runtime: Runtime, bus: Bus, jobs: Jobs) {
    this.#membership = new Membership(runtime, bus, { role: 'worker', address: () => '', load: () => 0 });
    jobs.repeat(sweepJob(runtime, bus));
  }

  async start(): Promise<void> {
    await this.#membership.start();
  }

  async drain(): Promise<void> {
    await this.#membership.drain();
  }

  async stop(): Promise<void> {
    await this.#membership.stop();
  }
}
