// Everything off the hot path.
export type { Jobs, RepeatedJob } from './jobs.ts';
export { WorkerRole } from './worker.ts';
