// One queue of BullMQ for one class of jobs, and the worker that takes from it. Each is made when its connection stands: a queue
// whose first connection fails never recovers.
import { setTimeout as wait } from 'node:timers/promises';
import type { RedisConnection } from '@danmux/bus/redis';
import type { Config, Runtime } from '@danmux/runtime';
import { type ConnectionOptions, type Job, Queue, Worker } from 'bullmq';
import { type JobClass, placesOf } from '../job-classes.ts';
import { backendOn } from './time.ts';

/** A job whose workers died so often is a dead letter: it may be what kills them. */
const maxDeaths = 5;
/** After an outage of Redis a worker looks again so soon; by itself BullMQ waits 15 s. */
const lookAgainMs = 500;
/** A worker that did not begin within this never will. */
const beginMs = 2_000;
/** A connection that is coming back is waited for so long before its worker is closed. */
const comingBackMs = 2_000;
const lastWordMs = 500;

/** First part of BullMQ's keys; the hash tag keeps them on one node of a Cluster. */
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
  /** Of the locks of running jobs. */
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
      // BullMQ tells by the wall clock which locks to renew: set back, it renews none, and another worker runs the job too.
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
    const worker = this.#worker;
    if (!worker) return;
    const stands = !force && (await blockingStands(worker));
    if (!force && !stands) await this.#idle();
    const closing = worker.close(!stands);
    closing.catch(this.#caught);
    // A worker whose first connection ended during its handshake may never say that it is closed; without a job that is no matter.
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

  /** No job runs, and BullMQ had a moment to tell Redis of the last. */
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
 * Closed while its blocking connection is just coming back, a worker waits for ever: the connection then comes back no more, and what
 * was asked over it is never answered. BullMQ does not tell of that connection; where it can no longer be found here it counts as standing.
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
