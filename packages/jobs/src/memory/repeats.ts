// Runs repeated jobs by timers. A failed run is not retried before the next interval; two runs of one job never overlap.
import type { Runtime } from '@danmux/runtime';
import type { RepeatedJob } from '../queue.ts';
import { runCounted } from '../run-counted.ts';

export class MemoryRepeats {
  readonly #runtime: Runtime;
  readonly #jobs: RepeatedJob[] = [];
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #running = new Map<RepeatedJob, Promise<void>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  add(job: RepeatedJob): void {
    this.#jobs.push(job);
  }

  start(): void {
    for (const job of this.#jobs) this.#timers.push(setInterval(() => this.#run(job), job.everyMs));
  }

  async drain(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#running.values());
  }

  #run(job: RepeatedJob): void {
    if (this.#running.has(job)) return;
    const running = runCounted(this.#runtime, job.name, () => job.run())
      // Already counted and logged; the next interval tries again.
      .catch(() => {})
      .finally(() => this.#running.delete(job));
    this.#running.set(job, running);
  }
}
