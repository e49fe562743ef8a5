// One BullMQ queue for a class of jobs, and the worker that runs them. Both are created only once their connection is open, because a BullMQ
// queue whose first connection fails never recovers.
import { setTimeout as wait } from 'node:timers/promises';
import type { RedisConnection } from '@danmux/bus/redis';
import type { Config, Runtime } from '@danmux/runtime';
import { type ConnectionOptions, type Job, Queue, Worker } from 'bullmq';
import { type JobClass, placesOf } from '../job-classes.ts';
import { backendOn } from './time.ts';

/** A job whose worker died more than this many times becomes a dead letter, because the job itself may be the cause. */
const maxDeaths = 5;
/** Delay before a worker fetches again after an outage of Redis; BullMQ's default is 15 s. */
const lookAgainMs = 500;
/** Maximum time for a worker to become ready, in milliseconds. A worker that is not ready by then is replaced. */
const beginMs = 2_000;
/** Closing a worker waits at most this long for its connection to reopen. */
const comingBackMs = 2_000;
const lastWordMs = 500;

/** Prefix of BullMQ's keys; the hash tag keeps them in one slot of a Redis Cluster. */
export function bullPrefix({ redis }: Pick<Config, 'redis'>): string {
  return `{${redis.prefix}-bull}`;
}

export class ClassQueue {
  readonly jobClass: JobClass;
  readonly #runtime: Runtime;
  readonly #caught: (error: unknown) => void;
  #queue: Queue | undefined;
  #worker: Worker | undefined;
  #beginning: NodeJS.Timeout | undefined;
  readonly #running = new Set<Promise<void>>();
  /** Timers that renew the locks of running jobs. */
  readonly #renewals = new Set<NodeJS.Timeout>();

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
      this.#queue = new Queue(this.#name, this.#place(connection), backendOn(this.#runtime.clock));
      this.#queue.on('error', this.#caught);
    }
    return this.#queue;
  }

  work(connection: RedisConnection, run: (job: Job, token: string | undefined) => Promise<void>): void {
    if (this.#worker) return;
    const { lock_ms, concurrency } = this.#runtime.config.jobs;
    const options = {
      ...this.#place(connection),
      concurrency: placesOf(this.jobClass, concurrency),
      lockDuration: lock_ms,
      // BullMQ decides by the wall clock which locks to renew: after the clock was set back it renews none, and a second worker runs the job.
      skipLockRenewal: true,
      stalledInterval: lock_ms / 2,
      maxStalledCount: maxDeaths,
      runRetryDelay: lookAgainMs,
    };
    const locked = (job: Job, token: string | undefined) => this.#watched(this.#locked(job, token, run(job, token)));
    const worker = new Worker(this.#name, locked, options, backendOn(this.#runtime.clock));
    worker.on('error', this.#caught);
    this.#worker = worker;
    this.#mustBegin(worker, () => connection.up && this.work(connection, run));
  }

  /** Replaces a worker that is not ready after `beginMs`: BullMQ never retries a blocking connection whose first attempt failed. */
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

  /** Waits for running jobs unless `force` is set. */
  async closeWorker(force: boolean): Promise<void> {
    clearTimeout(this.#beginning);
    const worker = this.#worker;
    if (!worker) return;
    const stands = !force && (await blockingStands(worker));
    if (!force && !stands) await this.#idle();
    const closing = worker.close(!stands);
    closing.catch(this.#caught);
    // If the first connection of a worker closed during its handshake, `closing` may never resolve. Without a running job it is safe to stop
    // waiting for it.
    await Promise.race([closing, this.#idle().then(() => wait(comingBackMs))]);
  }

  async #locked(job: Job, token: string | undefined, running: Promise<void>): Promise<void> {
    const { lock_ms } = this.#runtime.config.jobs;
    const renew = () => void job.extendLock(token ?? '', lock_ms).catch(this.#caught);
    const timer = setInterval(renew, lock_ms / 3);
    this.#renewals.add(timer);
    try {
      await running;
    } finally {
      clearInterval(timer);
      this.#renewals.delete(timer);
    }
  }

  #watched(running: Promise<void>): Promise<void> {
    const ended = running.finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return ended;
  }

  /** Resolves when no job runs and BullMQ had time to store the last result. */
  async #idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    await wait(lastWordMs);
  }

  async close(): Promise<void> {
    clearTimeout(this.#beginning);
    for (const timer of this.#renewals) clearInterval(timer);
    await Promise.allSettled([this.#worker?.close(true), this.#queue?.close()]);
  }

  get #name(): string {
    return `jobs-${this.jobClass}`;
  }

  #place(connection: RedisConnection): { connection: ConnectionOptions; prefix: string } {
    return { connection: connection.client as ConnectionOptions, prefix: bullPrefix(this.#runtime.config) };
  }
}

/**
 * Waits up to `comingBackMs` for the blocking connection of a worker to open; resolves with false when it did not open. While that connection is
 * reconnecting, `worker.close()` never resolves, because the pending command gets no reply. BullMQ does not expose the connection in its types;
 * if the connection cannot be found, the result is true.
 */
async function blockingStands(worker: Worker): Promise<boolean> {
  const { backend } = worker as unknown as { backend?: { blockingConnection?: { client?: Promise<{ status: string }> } } };
  const finding = backend?.blockingConnection?.client;
  if (!finding) return true;
  const end = performance.now() + comingBackMs;
  const client = await Promise.race([finding.catch(() => undefined), wait(comingBackMs, undefined)]);
  while (client && client.status !== 'ready' && performance.now() < end) await wait(20);
  return client?.status === 'ready';
}
