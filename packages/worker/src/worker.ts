// The worker role: everything off the hot path. It may stop at any time; its jobs wait or go to another worker. It gives the
// process's jobs their handlers and owns neither queue nor timers of them.
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

export class WorkerRole implements Part {
  readonly name = 'worker';
  /** In the order they start. */
  readonly #parts: readonly Part[];

  /** Of `jobs` that are not started yet. */
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
