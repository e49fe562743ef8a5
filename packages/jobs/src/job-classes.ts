// Assigns jobs to classes with separate concurrency limits, so that a slow webhook target or a long broadcast never delays a delayed message.
import type { JobName } from './queue.ts';

export const jobClasses = ['short', 'long', 'outgoing'] as const;
export type JobClass = (typeof jobClasses)[number];

export const classOfJob: Readonly<Record<JobName, JobClass>> = {
  publish: 'short',
  receipts: 'short',
  broadcast: 'long',
  redeliver: 'outgoing',
  archive: 'outgoing',
};

/** Concurrency of a class in one process: `jobs.concurrency`, and four times that for `outgoing`, whose jobs mostly wait for I/O. */
export function placesOf(jobClass: JobClass, concurrency: number): number {
  return jobClass === 'outgoing' ? 4 * concurrency : concurrency;
}
