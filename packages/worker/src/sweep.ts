// The job that forgets what dead edges and members left behind, so that totals are true and memory comes back.
import type { Bus } from '@danmux/bus';
import type { RepeatedJob } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';

export function sweepJob(runtime: Runtime, bus: Bus): RepeatedJob {
  return {
    name: 'sweep',
    everyMs: runtime.config.worker.sweep_interval_ms,
    run: async () => {
      const removed = await bus.sweep();
      if (removed.presence + removed.members > 0) runtime.log.info(removed, 'swept what dead processes left');
    },
  };
}
