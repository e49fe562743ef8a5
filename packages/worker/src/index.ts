// The worker role: broadcasts, delayed messages, receipts, webhooks, the archive and maintenance.
export { WorkerRole } from './worker.ts';
