// Runs repeated jobs by timers. A failed run is tried again after a back-off, unless the next interval comes first; two runs of one job never
// overlap.
import { backoffMs, type Runtime } from '@danmux/runtime';
import { jobRules } from '../job-rules.ts';
import type { RepeatedJob } from '../queue.ts';
import { runCounted } from '../run-counted.ts';

export class MemoryRepeats {
  readonly #runtime: Runtime;
  readonly #jobs: RepeatedJob[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  /** Timers of the next attempts of failed runs. */
  readonly #retries = new Map<RepeatedJob, NodeJS.Timeout>();
  readonly #running = new Map<RepeatedJob, Promise<void>>();
  #stopped = true;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  add(job: RepeatedJob): void {
    this.#jobs.push(job);
  }

  start(): void {
    this.#stopped = false;
    for (const job of this.#jobs) this.#timers.push(setInterval(() => this.#run(job, 1), job.everyMs));
  }

  async drain(): Promise<void> {
    this.#stopped = true;
    for (const timer of this.#timers) clearInterval(timer);
    for (const timer of this.#retries.values()) clearTimeout(timer);
    await Promise.all(this.#running.values());
  }

  #run(job: RepeatedJob, attempt: number): void {
    if (this.#running.has(job)) return;
    clearTimeout(this.#retries.get(job));
    const running = runCounted(this.#runtime, job.name, () => job.run())
      // Already counted and logged.
      .catch(() => this.#tryLater(job, attempt))
      .finally(() => this.#running.delete(job));
    this.#running.set(job, running);
  }

  #tryLater(job: RepeatedJob, attempt: number): void {
    if (this.#stopped || attempt >= jobRules.repeatedAttempts) return;
    this.#retries.set(
      job,
      setTimeout(() => this.#run(job, attempt + 1), backoffMs(attempt, jobRules.backoff)),
    );
  }
}
