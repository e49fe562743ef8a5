// Keeps finished jobs: completed ones for `jobs.kept_ms`, dead letters ten times as long, both up to a cap. A completed job with a key is not
// kept, because its key may already have a new job.
import type { Runtime } from '@danmux/runtime';
import { jobRules } from '../job-rules.ts';
import type { MemoryJob } from './job.ts';

export class KeptJobs {
  readonly #runtime: Runtime;
  readonly #all: Map<string, MemoryJob>;
  /** In the order in which they finished. */
  readonly #done = new Set<MemoryJob>();
  readonly #failed = new Map<MemoryJob, number>();
  #order = 0;

  constructor(runtime: Runtime, all: Map<string, MemoryJob>) {
    this.#runtime = runtime;
    this.#all = all;
  }

  keep(job: MemoryJob): void {
    if (job.state === 'done' && job.key !== undefined) this.#all.delete(job.id);
    else if (job.state === 'done') this.#done.add(job);
    else this.#failed.set(job, this.#order++);
    this.forget();
  }

  takeBack(job: MemoryJob): void {
    this.#failed.delete(job);
  }

  /** Dead letters, newest first. */
  failed(cursor: string | undefined, limit: number): { jobs: MemoryJob[]; cursor: string | null } {
    this.forget();
    const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor);
    const rest = [...this.#failed].reverse().filter(([, order]) => order < before);
    const page = rest.slice(0, limit);
    return { jobs: page.map(([job]) => job), cursor: rest.length > limit ? String(page.at(-1)?.[1]) : null };
  }

  /** Drops jobs that were kept for their full time, and the oldest jobs above the cap. */
  forget(): void {
    const { kept_ms } = this.#runtime.config.jobs;
    this.#drop(this.#done, kept_ms, this.#done.keys());
    this.#drop(this.#failed, kept_ms * jobRules.failedKept, this.#failed.keys());
  }

  #drop(jobs: { readonly size: number; delete(job: MemoryJob): boolean }, keptMs: number, oldestFirst: Iterable<MemoryJob>): void {
    const before = this.#runtime.clock.now() - keptMs;
    for (const job of oldestFirst) {
      if (jobs.size <= jobRules.ended && (job.finishedAt ?? 0) > before) return;
      jobs.delete(job);
      this.#all.delete(job.id);
    }
  }
}
