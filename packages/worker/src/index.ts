// Everything off the hot path.
export { WorkerRole } from './worker.ts';
