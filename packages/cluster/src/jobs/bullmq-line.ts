// One queue of BullMQ for one class of jobs, and the worker that takes from it. Each is made when its connection stands: a queue
// whose first connection fails never recovers.
import type { RedisConnection } from '@danmux/bus/redis';
import type { Runtime } from '@danmux/runtime';
import { type ConnectionOptions, type Job, Queue, Worker } from 'bullmq';
import { type JobClass, placesOf } from './job-classes.ts';

/** A job whose workers died so often is a dead letter: it may be what kills them. */
const maxDeaths = 5;
/** After an outage of Redis a worker looks again so soon; by itself BullMQ waits 15 s. */
const lookAgainMs = 500;
/** A worker that did not begin within this never will. */
const beginMs = 2_000;

export class BullmqLine {
  readonly jobClass: JobClass;
  readonly #runtime: Runtime;
  readonly #caught: (error: unknown) => void;
  #queue: Queue | undefined;
  #worker: Worker | undefined;
  #beginning: NodeJS.Timeout | undefined;

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
    const worker = new Worker(this.#name, (job, token) => run(job, token), {
      ...this.#place(connection),
      concurrency: placesOf(this.jobClass, concurrency),
      lockDuration: lock_ms,
      stalledInterval: lock_ms / 2,
      maxStalledCount: maxDeaths,
      runRetryDelay: lookAgainMs,
    });
    worker.on('error', this.#caught);
    this.#worker = worker;
    this.#mustBegin(worker, () => connection.up && this.work(connection, run));
  }

  /** BullMQ's own second connection may fail while it is first made, and is then never tried again: another worker takes its place. */
  #mustBegin(worker: Worker, again: () => void): void {
    let begun = false;
    worker.waitUntilReady().then(() => {
      begun = true;
    }, this.#caught);
    this.#beginning = setTimeout(() => {
      if (begun || this.#worker !== worker) return;
      this.#worker = undefined;
      worker.close(true).catch(this.#caught);
      again();
    }, beginMs);
  }

  /** Waits for running jobs, unless `force`. */
  async closeWorker(force: boolean): Promise<void> {
    clearTimeout(this.#beginning);
    await this.#worker?.close(force);
  }

  async close(): Promise<void> {
    clearTimeout(this.#beginning);
    await Promise.allSettled([this.#worker?.close(true), this.#queue?.close()]);
  }

  get #name(): string {
    return `jobs-${this.jobClass}`;
  }

  #place(connection: RedisConnection): { connection: ConnectionOptions; prefix: string } {
    return { connection: connection.client as ConnectionOptions, prefix: `{${this.#runtime.config.redis.prefix}-bull}` };
  }
}
