// Jobs: work off the hot path that the cluster does together. One contract, an in-process and a BullMQ variant; a job runs
// on one worker at a time, and again when it failed or its worker died, so its work must bear being done twice.
import type { Part } from '@danmux/runtime';

export interface RepeatedJob {
  /** Lower-case words with dashes; the name in the queue and in metrics. */
  readonly name: string;
  /** Once per interval in the whole cluster, milliseconds. */
  readonly everyMs: number;
  run(): Promise<void>;
}

export interface Jobs extends Part {
  /** Only before `start`. */
  repeat(job: RepeatedJob): void;
}
