// Which jobs share places with which, so that a slow webhook target or a long broadcast never keeps a delayed message waiting.
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

/** How many of a class one process runs at once; `jobs.concurrency` is for those that work, not for those that wait for others. */
export function placesOf(jobClass: JobClass, concurrency: number): number {
  return jobClass === 'outgoing' ? 4 * concurrency : concurrency;
}
