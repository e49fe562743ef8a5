// A wait inside a job. When the process stops, the wait ends with `JobPaused`, so that another worker continues the job.
import { JobPaused } from '@danmux/jobs';
import { pause as wait } from '@danmux/runtime';

/** Throws `JobPaused` when `signal` aborts before `ms` milliseconds are over. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, signal);
  if (signal.aborted) throw new JobPaused();
}
