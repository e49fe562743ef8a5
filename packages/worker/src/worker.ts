// The worker role: all work off the hot path. A worker may stop at any time; its jobs then wait or run on another worker. This file registers
// the handlers of the jobs; the job queue and its timers belong to `jobs`.
import type { Bus } from '@danmux/bus';
import { laneTotals, Membership } from '@danmux/cluster';
import type { Jobs } from '@danmux/jobs';
import type { Part, Runtime } from '@danmux/runtime';
import { WebhookWork } from '@danmux/webhooks/delivery';
import { ArchiveWork } from './archive/archive-work.ts';
import { broadcastJob } from './broadcast-job.ts';
import { publishJob } from './publish-job.ts';
import { receiptsJob } from './receipts-job.ts';
import { RoomWatch } from './room-watch.ts';
import { sampleJob } from './sample.ts';
import { sweepJob } from './sweep.ts';

/** The parts of the worker, started and stopped together. */
export class WorkerRole implements Part {
  readonly name = 'worker';
  /** In the order they start. */
  readonly #parts: readonly Part[];

  /** Registers handlers, so `jobs` must not be started yet. */
  constructor(runtime: Runtime, bus: Bus, jobs: Jobs) {
    jobs.repeat(sweepJob(runtime, bus));
    jobs.repeat(sampleJob(runtime, bus));
    jobs.handle('publish', publishJob({ runtime, bus, jobs }));
    jobs.handle('broadcast', broadcastJob({ runtime, bus, jobs }));
    jobs.handle('receipts', receiptsJob(runtime, bus));
    const membership = new Membership(runtime, bus, {
      role: 'worker',
      address: () => '',
      load: () => 0,
      numbers: async () => ({ messages: await laneTotals(runtime.metrics.accepted, { source: 'worker' }) }),
    });
    this.#parts = [membership, new WebhookWork(runtime, bus, jobs), new ArchiveWork(runtime, bus, jobs), new RoomWatch(runtime, bus)];
  }

  async start(): Promise<void> {
    for (const part of this.#parts) await part.start();
  }

  async drain(): Promise<void> {
    for (const part of this.#parts) await part.drain?.();
  }

  async stop(): Promise<void> {
    for (const part of this.#parts) await part.stop();
  }
}
