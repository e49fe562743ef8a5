// A job of the in-process engine.
import type { JobName, JobProgress } from '../queue.ts';

export interface MemoryJob {
  readonly id: string;
  readonly name: JobName;
  /** Stored as JSON, because the caller may change its object later. */
  readonly data: string;
  readonly key: string | undefined;
  readonly tries: number;
  readonly createdAt: number;
  readonly order: number;
  dueAt: number;
  state: 'queued' | 'active' | 'done' | 'failed';
  attempts: number;
  /** Failed attempts since the job was added or retried. */
  failures: number;
  progress: JobProgress | null;
  finishedAt?: number;
  error?: string;
}
