// Runs a job once, counts and logs how it ended. It rethrows, so that the queue knows.
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
