// One job in the memory of a process.
import type { JobName, JobProgress } from '../queue.ts';

export interface MemoryJob {
  readonly id: string;
  readonly name: JobName;
  /** JSON: the adder's object may change. */
  readonly data: string;
  readonly key: string | undefined;
  readonly tries: number;
  readonly createdAt: number;
  readonly order: number;
  dueAt: number;
  state: 'queued' | 'active' | 'done' | 'failed';
  attempts: number;
  /** Tries that failed since it was added or retried. */
  failures: number;
  progress: JobProgress | null;
  finishedAt?: number;
  error?: string;
}
