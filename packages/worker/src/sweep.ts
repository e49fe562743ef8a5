// The repeated job that removes presence and member records of dead processes, so that totals are correct and memory is freed.
import type { Bus } from '@danmux/bus';
import type { RepeatedJob } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';

/** Creates the job, which runs every `worker.sweep_interval_ms`. */
export function sweepJob(runtime: Runtime, bus: Bus): RepeatedJob {
  return {
    name: 'sweep',
    everyMs: runtime.config.worker.sweep_interval_ms,
    run: async () => {
      const removed = await bus.sweep();
      if (removed.presence + removed.members > 0) runtime.log.info(removed, 'removed records of dead processes');
    },
  };
}
