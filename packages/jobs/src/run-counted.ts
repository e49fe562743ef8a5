// Runs a job once, then counts and logs the outcome. Rethrows errors, so that the queue can retry.
import type { Runtime } from '@danmux/runtime';
import { JobPaused } from './queue.ts';

export async function runCounted(runtime: Runtime, name: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
    runtime.metrics.jobs.inc({ job: name, result: 'done' });
  } catch (error) {
    const paused = error instanceof JobPaused;
    runtime.metrics.jobs.inc({ job: name, result: paused ? 'paused' : 'failed' });
    if (!paused) runtime.counted.warn({ err: error, job: name }, 'a job failed', { per: name });
    throw error;
  }
}
