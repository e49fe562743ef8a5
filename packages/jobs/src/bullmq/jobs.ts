// The BullMQ engine. Every process adds to the queues, one per class of jobs; processes with handlers run them. The job of a killed worker is
// detected as stalled and run by another worker. Adding is refused with `unavailable` until Redis is connected.
import { setTimeout as wait } from 'node:timers/promises';
import type { Bus } from '@danmux/bus';
import { RedisConnection } from '@danmux/bus/redis';
import { DanmuxError } from '@danmux/protocol';
import { backoffMs, newId, type Runtime } from '@danmux/runtime';
import { DelayedError, type Job, type Queue } from 'bullmq';
import { checkDistinct } from '../distinct-job.ts';
import { classOfJob, type JobClass, jobClasses } from '../job-classes.ts';
import { packedData, unpackedData } from '../job-data.ts';
import { jobRules } from '../job-rules.ts';
import {
  type AddedJob,
  type DistinctJobName,
  type JobData,
  type JobName,
  type JobOptions,
  JobPaused,
  type JobProgress,
  type JobStatus,
  type Jobs,
  type RepeatedJob,
  type RunningJob,
} from '../queue.ts';
import { runCounted } from '../run-counted.ts';
import { bullPrefix, ClassQueue } from './class-queue.ts';
import { failedPage } from './failed.ts';
import { dueOf, idOf, isAddedJob, jobKeyOf, optionsOf, repeatOptions, statusOf } from './rows.ts';

/** Class whose queue runs the repeated jobs. */
const repeatsIn: JobClass = 'short';

/**
 * Maximum time, in milliseconds, for which a worker waits with a job that it got before its due time. If the job is still not due then, the
 * worker returns it to the queue.
 */
const longestHoldMs = 500;

/** A worker's connection queues commands while Redis is away, as BullMQ requires, and has no command timeout because BullMQ blocks longer. */
const workerRules = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined, autoResubscribe: true } as const;

type Handler = (job: RunningJob<JobName>) => Promise<void>;

export class BullmqJobs implements Jobs {
  readonly name = 'jobs';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'ingress'>;
  readonly #handlers = new Map<string, Handler>();
  readonly #repeats = new Map<string, RepeatedJob>();
  readonly #queueConnection: RedisConnection;
  #workerConnection: RedisConnection | undefined;
  readonly #lines: Readonly<Record<JobClass, ClassQueue>>;
  readonly #stop = new AbortController();
  #opening: NodeJS.Timeout | undefined;
  #waiting = { count: 0, at: Number.NEGATIVE_INFINITY };

  constructor(runtime: Runtime, bus: Pick<Bus, 'ingress'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#queueConnection = new RedisConnection(runtime, 'jobs-queue');
    const line = (jobClass: JobClass) => new ClassQueue(runtime, jobClass, (error) => this.#caught(error));
    this.#lines = { short: line('short'), long: line('long'), outgoing: line('outgoing') };
  }

  handle<N extends JobName>(name: N, run: (job: RunningJob<N>) => Promise<void>): void {
    this.#handlers.set(name, run as unknown as Handler);
  }

  repeat(job: RepeatedJob): void {
    this.#repeats.set(job.name, job);
  }

  /** Resolves without waiting for Redis. */
  async start(): Promise<void> {
    // Runs at every reconnect, because a Redis that restarted empty has lost the schedules of repeated jobs.
    this.#queueConnection.onReady(() => this.#openUntilDone());
    this.#queueConnection.start();
    if (this.#handlers.size + this.#repeats.size === 0) return;
    this.#workerConnection = new RedisConnection(this.#runtime, 'jobs-worker', workerRules, { holdRefusals: true });
    this.#workerConnection.onReady(() => this.#work());
    this.#workerConnection.start();
  }

  async drain(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#opening);
    this.#workerConnection?.releaseRefusals();
    // Waits for running jobs, unless Redis is unreachable and their results cannot be stored.
    await Promise.all(this.#all.map((line) => line.closeWorker(!this.#workerConnection?.up)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#opening);
    this.#queueConnection.stop();
    this.#workerConnection?.stop();
    const closing = Promise.all(this.#all.map((line) => line.close()));
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  async addDistinct<N extends DistinctJobName>(name: N, data: JobData[N], options: JobOptions & { readonly id: string }): Promise<AddedJob> {
    const key = jobKeyOf(options.id);
    const stored = (): Promise<Job | undefined> => this.#ask(() => this.#queueOf(classOfJob[name]).getJob(key));
    const known = await stored();
    if (known) checkDistinct(unpackedData(known.data), data);
    const added = newId(this.#runtime.clock.now());
    const id = await this.add(name, { ...data, added }, options);
    // Another process may have added a job with this id after the first `stored()`. BullMQ then ignored our data, so compare with the stored data.
    const kept = known ?? (await stored());
    if (kept) checkDistinct(unpackedData(kept.data), data);
    return { id, duplicate: kept !== undefined && (unpackedData(kept.data) as { readonly added?: string }).added !== added };
  }

  async add<N extends JobName>(name: N, data: JobData[N], options: JobOptions = {}): Promise<string> {
    const id = options.id ?? newId(this.#runtime.clock.now());
    const job = await this.#ask(async () => {
      const queue = this.#queueOf(classOfJob[name]);
      // If the id is that of a dead letter, retry it, so that the caller does not get the id of a job that never runs. This is checked before
      // adding: after adding, a new job that already failed would look like a dead letter. A stored job needs no room.
      const known: Job | undefined = options.id === undefined ? undefined : await queue.getJob(jobKeyOf(id));
      if (known) {
        await retried(known);
        return known;
      }
      await this.#mustHaveRoom(options.key);
      const rules = optionsOf(this.#runtime.config, id, options, await this.#isSooner(queue, options), this.#runtime.clock.now());
      return queue.add(name, packedData(data), rules);
    });
    if (options.confirmed) await this.#bus.ingress.confirm(bullPrefix(this.#runtime.config));
    return idOf(job.id ?? jobKeyOf(id));
  }

  status(id: string): Promise<JobStatus | null> {
    return this.#ask(async () => {
      const job = await this.#find(id);
      return job ? statusOf(job, await job.getState()) : null;
    });
  }

  cancel(id: string): Promise<JobStatus | null> {
    return this.#ask(async () => {
      const job = await this.#find(id);
      const state = await job?.getState();
      if (!job || (state !== 'waiting' && state !== 'delayed')) return null;
      try {
        await job.remove();
        return statusOf(job, state);
      } catch (error) {
        // A worker fetched the job after its state was read, so it cannot be cancelled any more.
        if ((await job.getState()) === 'active') return null;
        throw error;
      }
    });
  }

  failed(cursor: string | undefined, limit: number): Promise<{ readonly jobs: readonly JobStatus[]; readonly cursor: string | null }> {
    return this.#ask(() => failedPage(this.#queues(), this.#queueConnection.client, cursor, limit));
  }

  retry(id: string): Promise<boolean> {
    return this.#ask(async () => {
      const job = await this.#find(id);
      return job !== undefined && retried(job);
    });
  }

  get #all(): readonly ClassQueue[] {
    return jobClasses.map((jobClass) => this.#lines[jobClass]);
  }

  #queueOf(jobClass: JobClass): Queue {
    const { queue } = this.#lines[jobClass];
    if (!queue) throw new DanmuxError('unavailable');
    return queue;
  }

  #queues(): readonly Queue[] {
    return jobClasses.map((jobClass) => this.#queueOf(jobClass));
  }

  /** Looks in the queues of all classes. */
  async #find(id: string): Promise<Job | undefined> {
    const found: (Job | undefined)[] = await Promise.all(this.#queues().map((queue) => queue.getJob(jobKeyOf(id))));
    return found.find((job) => job !== undefined);
  }

  /** Rejects with `unavailable` when Redis is unreachable, and for every error of BullMQ or Redis. */
  async #ask<T>(run: () => Promise<T>): Promise<T> {
    if (!this.#queueConnection.up) throw new DanmuxError('unavailable');
    try {
      return await run();
    } catch (error) {
      throw error instanceof DanmuxError ? error : new DanmuxError('unavailable', { cause: error });
    }
  }

  /** Checks the cap at most once a second; jobs with a key are exempt, since their number is bounded by the keys. */
  async #mustHaveRoom(key: string | undefined): Promise<void> {
    if (key !== undefined) return;
    const now = performance.now();
    if (now - this.#waiting.at > 1_000) {
      const counts = await Promise.all(this.#queues().map((queue) => queue.getJobCounts('waiting', 'delayed')));
      this.#waiting = { count: counts.reduce((sum, { waiting = 0, delayed = 0 }) => sum + waiting + delayed, 0), at: now };
    }
    if (this.#waiting.count++ < jobRules.waiting) return;
    throw new DanmuxError('unavailable', { message: `${jobRules.waiting} jobs are already waiting; none was added. Try again later.` });
  }

  /** Value for BullMQ's option `reschedule`: false if rescheduling would move the waiting job of the key to a later time. */
  async #isSooner(queue: Queue, { key, delayMs = 0 }: JobOptions): Promise<boolean> {
    if (key === undefined || delayMs === 0) return true;
    const waiting = await queue.getDeduplicationJobId(encodeURIComponent(key));
    const job: Job | undefined = waiting ? await queue.getJob(waiting) : undefined;
    return job !== undefined && job.timestamp + job.delay > this.#runtime.clock.now() + delayMs;
  }

  #work(): void {
    const connection = this.#workerConnection;
    if (this.#stop.signal.aborted || !connection) return;
    for (const line of this.#all) line.work(connection, (job, token) => this.#run(job, token));
  }

  /** Opens the queues and stores the schedules of repeated jobs. Retries, because a connected Redis may still refuse the commands. */
  #openUntilDone(tries = 1): void {
    clearTimeout(this.#opening);
    this.#open().catch((error: unknown) => {
      this.#caught(error);
      if (this.#stop.signal.aborted || !this.#queueConnection.up) return;
      this.#opening = setTimeout(() => this.#openUntilDone(tries + 1), backoffMs(tries, { baseMs: 500, maxMs: 10_000 }));
    });
  }

  async #open(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    for (const line of this.#all) line.open(this.#queueConnection);
    const queue = this.#queueOf(repeatsIn);
    for (const { name, everyMs } of this.#repeats.values()) {
      await queue.upsertJobScheduler(name, { every: everyMs }, { name, opts: repeatOptions });
    }
  }

  async #run(job: Job, token: string | undefined): Promise<void> {
    const repeated = isAddedJob(job) ? undefined : this.#repeats.get(job.name);
    if (repeated) return runCounted(this.#runtime, job.name, () => repeated.run());
    const handler = this.#handlers.get(job.name);
    // A newer version of danmux added this job. The error makes BullMQ retry the job later, when a worker of that version may fetch it.
    if (!handler) throw new Error(`this worker has no handler for the job "${job.name}"`);
    const early = dueOf(job) - this.#runtime.clock.now();
    if (early > 0) await this.#putBack(job, token, early);
    try {
      await runCounted(this.#runtime, job.name, () => handler(this.#running(job)));
    } catch (error) {
      if (!(error instanceof JobPaused)) throw error;
      await later(job, token, 0);
    }
  }

  /**
   * Handles a job that BullMQ delivered before its due time; a process of an older version, or one that does not know the store's time, can cause
   * this. Waits up to `longestHoldMs`, and returns the job to the queue when it is not due then.
   */
  async #putBack(job: Job, token: string | undefined, earlyMs: number): Promise<void> {
    await wait(Math.min(earlyMs, longestHoldMs));
    if (earlyMs > longestHoldMs) await later(job, token, earlyMs - longestHoldMs);
  }

  #running(job: Job): RunningJob<JobName> {
    const { progress } = statusOf(job, 'active');
    return {
      ...{ id: idOf(job.id ?? ''), name: job.name as JobName, data: unpackedData(job.data) as never, attempt: job.attemptsStarted, progress },
      signal: this.#stop.signal,
      report: (next: JobProgress) => job.updateProgress({ ...next }),
    };
  }

  #caught(error: unknown): void {
    // Debug level, because the Redis connection already logs an outage once.
    this.#runtime.caught('jobs', error, 'a BullMQ operation failed', { level: 'debug' });
  }
}

/** Ends this run without a result; the job runs again after `ms`. */
async function later(job: Job, token: string | undefined, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/** Retries a dead letter. Resolves with false when the job is not one, or when another caller retried it first. */
async function retried(job: Job): Promise<boolean> {
  if (!(await job.isFailed())) return false;
  try {
    await job.retry('failed', { resetAttemptsMade: true });
    return true;
  } catch (error) {
    if (await job.isFailed()) throw error;
    return false;
  }
}
