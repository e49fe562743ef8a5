// The cluster's job queues, for work off the hot path: one contract, an in-process engine and a BullMQ engine.
export { createJobs } from './create-jobs.ts';
export { jobIdOf } from './job-id.ts';
export {
  type JobData,
  type JobName,
  type JobOptions,
  JobPaused,
  type JobProgress,
  type JobQueue,
  type JobState,
  type JobStatus,
  type Jobs,
  type RepeatedJob,
  type RunningJob,
} from './queue.ts';
