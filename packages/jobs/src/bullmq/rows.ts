// Converts jobs between the contract and BullMQ. Ids are encoded, because BullMQ refuses ids with colons and plain numbers.
import type { Config } from '@danmux/runtime';
import type { Job, JobsOptions } from 'bullmq';
import { jobRules } from '../job-rules.ts';
import type { JobName, JobOptions, JobProgress, JobState, JobStatus } from '../queue.ts';

const prefix = 'j-';
const states: Readonly<Record<string, JobState>> = { waiting: 'waiting', delayed: 'delayed', active: 'active', completed: 'done', failed: 'failed' };

export function jobKeyOf(id: string): string {
  // The buffer replaces lone surrogates, which encodeURIComponent refuses.
  return prefix + encodeURIComponent(Buffer.from(id).toString());
}

export function idOf(jobKey: string): string {
  return decodeURIComponent(jobKey.slice(prefix.length));
}

/** False for a job that was created by a schedule. */
export function isAddedJob({ id }: Job): boolean {
  return id?.startsWith(prefix) ?? false;
}

/** Earliest start, in cluster time. 0 for a job with a key, whose due time may change, and for a job with a failed attempt. */
export function dueOf({ timestamp, opts, attemptsMade }: Job): number {
  return opts.deduplication || attemptsMade > 0 ? 0 : timestamp + (opts.delay ?? 0);
}

/** Scheduled runs are not kept: the next run compensates for a failed one. */
export const repeatOptions = {
  attempts: jobRules.repeatedAttempts,
  backoff: { type: 'exponential', delay: jobRules.backoff.baseMs },
  removeOnComplete: true,
  removeOnFail: true,
};

/** `now` is cluster time. */
export function optionsOf({ jobs }: Config, id: string, options: JobOptions, sooner: boolean, now: number): JobsOptions {
  const { key, delayMs = 0, attempts = jobRules.attempts } = options;
  const keptS = jobs.kept_ms / 1_000;
  return {
    jobId: jobKeyOf(id),
    timestamp: now,
    delay: delayMs,
    attempts,
    backoff: { type: 'exponential', delay: jobRules.backoff.baseMs, jitter: 0.5 },
    removeOnComplete: key === undefined ? { age: keptS, count: jobRules.ended } : true,
    removeOnFail: { age: keptS * jobRules.failedKept, count: jobRules.ended },
    ...(key === undefined ? {} : { deduplication: { id: encodeURIComponent(key), keepLastIfActive: true, reschedule: sooner } }),
  };
}

export function statusOf(job: Job, state: string): JobStatus {
  return {
    ...{ id: idOf(job.id ?? ''), name: job.name as JobName, state: states[state] ?? 'waiting', attempts: job.attemptsStarted },
    progress: typeof job.progress === 'object' ? (job.progress as JobProgress) : null,
    createdAt: job.timestamp,
    ...(job.finishedOn === undefined ? {} : { finishedAt: job.finishedOn }),
    ...(job.failedReason === undefined || state === 'completed' ? {} : { error: job.failedReason }),
  };
}
