// One queue of BullMQ for one class of jobs, and the worker that takes from it. Each is made when its connection stands: a queue
// whose first connection fails never recovers.
import type { RedisConnection } from '@danmux/bus/redis';
import type { Runtime } from '@danmux/runtime';
import { type ConnectionOptions, type Job, Queue, Worker } from 'bullmq';
import { type JobClass, placesOf } from './job-classes.ts';

/** A job whose workers died so often is a dead letter: it may be what kills them. */
const maxDeaths = 5;

export class BullmqLine {
  readonly jobClass: JobClass;
  readonly #runtime: Runtime;
  readonly #caught: (error: unknown) => void;
  #queue: Queue | undefined;
  #worker: Worker | undefined;

  constructor(runtime: Runtime, jobClass: JobClass, caught: (error: unknown) => void) {
    this.#runtime = runtime;
    this.jobClass = jobClass;
    this.#caught = caught;
  }

  get queue(): Queue | undefined {
    return this.#queue;
  }

  open(connection: RedisConnection): Queue {
    if (!this.#queue) {
      this.#queue = new Queue(this.#name, this.#place(connection));
      this.#queue.on('error', this.#caught);
    }
    return this.#queue;
  }

  work(connection: RedisConnection, run: (job: Job, token: string | undefined) => Promise<void>): void {
    if (this.#worker) return;
    const { lock_ms, concurrency } = this.#runtime.config.jobs;
    this.#worker = new Worker(this.#name, (job, token) => run(job, token), {
      ...this.#place(connection),
      concurrency: placesOf(this.jobClass, concurrency),
      lockDuration: lock_ms,
      stalledInterval: lock_ms / 2,
      maxStalledCount: maxDeaths,
    });
    this.#worker.on('error', this.#caught);
  }

  /** Waits for running jobs, unless `force`. */
  async closeWorker(force: boolean): Promise<void> {
    await this.#worker?.close(force);
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#worker?.close(true), this.#queue?.close()]);
  }

  get #name(): string {
    return `jobs-${this.jobClass}`;
  }

  #place(connection: RedisConnection): { connection: ConnectionOptions; prefix: string } {
    return { connection: connection.client as ConnectionOptions, prefix: `{${this.#runtime.config.redis.prefix}-bull}` };
  }
}
