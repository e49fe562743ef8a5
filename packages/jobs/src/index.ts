// Work off the hot path that the cluster does together: one contract, an in-process engine and one on BullMQ.
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
