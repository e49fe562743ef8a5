// A wait inside a job that ends with the process: the job is paused then, and another worker runs it.
import { JobPaused } from '@danmux/jobs';
import { pause as wait } from '@danmux/runtime';

/** Throws `JobPaused` when `signal` aborts before `ms` milliseconds are over. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, signal);
  if (signal.aborted) throw new JobPaused();
}
