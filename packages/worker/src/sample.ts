// The repeated job that stores a sample of the cluster's statistics for the charts of the last hour.
import type { Bus } from '@danmux/bus';
import { sampleEveryMs, takeSample } from '@danmux/cluster';
import type { RepeatedJob } from '@danmux/jobs';
import type { Runtime } from '@danmux/runtime';

/** The job that stores a sample of the cluster's statistics every `sampleEveryMs`. */
export function sampleJob({ clock }: Pick<Runtime, 'clock'>, bus: Bus): RepeatedJob {
  return {
    name: 'sample',
    everyMs: sampleEveryMs,
    run: async () => {
      await takeSample(bus, clock.now());
    },
  };
}
