// Runs a job once, counts and logs how it ended. It rethrows, so that the queue knows.
import type { Runtime } from '@danmux/runtime';
import type { RepeatedJob } from './jobs.ts';

export async function runCounted(runtime: Runtime, job: RepeatedJob): Promise<void> {
  try {
    await job.run();
    runtime.metrics.jobs.inc({ job: job.name, result: 'done' });
  } catch (error) {
    runtime.metrics.jobs.inc({ job: job.name, result: 'failed' });
    runtime.log.warn({ err: error, job: job.name }, 'a job failed');
    throw error;
  }
}
