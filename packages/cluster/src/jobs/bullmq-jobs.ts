// Jobs on BullMQ: every process adds to one queue, those with handlers take from it. A killed worker's job is found stalled
// and run by another. Queue and worker are made when their connections stand; until then adding is refused.
import { RedisConnection } from '@danmux/bus/redis';
import { DanmuxError } from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';
import { type ConnectionOptions, DelayedError, type Job, Queue, Worker } from 'bullmq';
import { failedPage } from './bullmq-failed.ts';
import { idOf, isAddedJob, jobKeyOf, optionsOf, repeatOptions, statusOf } from './bullmq-rows.ts';
import { jobRules } from './job-rules.ts';
import {
  type JobData,
  type JobName,
  type JobOptions,
  JobPaused,
  type JobProgress,
  type JobStatus,
  type Jobs,
  type RepeatedJob,
  type RunningJob,
} from './jobs.ts';
import { runCounted } from './run-counted.ts';

const queueName = 'jobs';
/** A job whose workers died so often is a dead letter: it may be what kills them. */
const maxDeaths = 5;

/** A worker's connection waits for Redis by itself: BullMQ wants its commands kept, and blocks longer than a command may take. */
const workerRules = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined, autoResubscribe: true } as const;

type Handler = (job: RunningJob<JobName>) => Promise<void>;

export class BullmqJobs implements Jobs {
  readonly name = 'jobs';
  readonly #runtime: Runtime;
  readonly #handlers = new Map<string, Handler>();
  readonly #repeats = new Map<string, RepeatedJob>();
  readonly #queueConnection: RedisConnection;
  #workerConnection: RedisConnection | undefined;
  #queue: Queue | undefined;
  #worker: Worker | undefined;
  readonly #stop = new AbortController();
  #waiting = { count: 0, at: 0 };

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#queueConnection = new RedisConnection(runtime, 'jobs-queue');
  }

  handle<N extends JobName>(name: N, run: (job: RunningJob<N>) => Promise<void>): void {
    this.#handlers.set(name, run as unknown as Handler);
  }

  repeat(job: RepeatedJob): void {
    this.#repeats.set(job.name, job);
  }

  /** Resolves at once. A queue whose first connection fails never recovers, so each is made when its connection stands. */
  async start(): Promise<void> {
    // Every time, since a Redis that restarted empty has forgotten the schedule.
    this.#queueConnection.onReady(() => void this.#open().catch((error: unknown) => this.#caught(error)));
    this.#queueConnection.start();
    if (this.#handlers.size + this.#repeats.size === 0) return;
    this.#workerConnection = new RedisConnection(this.#runtime, 'jobs-worker', workerRules);
    this.#workerConnection.onReady(() => this.#work());
    this.#workerConnection.start();
  }

  async drain(): Promise<void> {
    this.#stop.abort();
    // Waits for running jobs, unless Redis is away and nothing can be told to it.
    await this.#worker?.close(!this.#workerConnection?.up);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#queueConnection.stop();
    this.#workerConnection?.stop();
    const closing = Promise.allSettled([this.#worker?.close(true), this.#queue?.close()]);
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  async add<N extends JobName>(name: N, data: JobData[N], options: JobOptions = {}): Promise<string> {
    const id = options.id ?? newId();
    const job = await this.#ask(async (queue) => {
      await this.#mustHaveRoom(queue, options.key);
      return queue.add(name, data, optionsOf(this.#runtime.config, id, options, await this.#isSooner(queue, options)));
    });
    return idOf(job.id ?? jobKeyOf(id));
  }

  status(id: string): Promise<JobStatus | null> {
    return this.#ask(async (queue) => {
      const job: Job | undefined = await queue.getJob(jobKeyOf(id));
      return job ? statusOf(job, await job.getState()) : null;
    });
  }

  cancel(id: string): Promise<boolean> {
    return this.#ask(async (queue) => {
      const job: Job | undefined = await queue.getJob(jobKeyOf(id));
      const state = await job?.getState();
      if (!job || (state !== 'waiting' && state !== 'delayed')) return false;
      try {
        await job.remove();
        return true;
      } catch (error) {
        // A worker took it in between.
        if ((await job.getState()) === 'active') return false;
        throw error;
      }
    });
  }

  failed(cursor: string | undefined, limit: number): Promise<{ readonly jobs: readonly JobStatus[]; readonly cursor: string | null }> {
    return this.#ask((queue) => failedPage(queue, this.#queueConnection.client, cursor, limit));
  }

  retry(id: string): Promise<boolean> {
    return this.#ask(async (queue) => {
      const job: Job | undefined = await queue.getJob(jobKeyOf(id));
      if (!job || !(await job.isFailed())) return false;
      await job.retry('failed', { resetAttemptsMade: true });
      return true;
    });
  }

  /** BullMQ's own error when the store is away is not one of ours. */
  async #ask<T>(run: (queue: Queue) => Promise<T>): Promise<T> {
    if (!this.#queue || !this.#queueConnection.up) throw new DanmuxError('unavailable');
    try {
      return await run(this.#queue);
    } catch (error) {
      throw error instanceof DanmuxError ? error : new DanmuxError('unavailable', { cause: error });
    }
  }

  /** Counted once a second; jobs of keys are as many as there are keys. */
  async #mustHaveRoom(queue: Queue, key: string | undefined): Promise<void> {
    if (key !== undefined) return;
    const now = Date.now();
    if (now - this.#waiting.at > 1_000) {
      const { waiting = 0, delayed = 0 } = await queue.getJobCounts('waiting', 'delayed');
      this.#waiting = { count: waiting + delayed, at: now };
    }
    if (this.#waiting.count++ < jobRules.waiting) return;
    throw new DanmuxError('unavailable', { message: `${jobRules.waiting} jobs wait already; nothing was accepted.` });
  }

  /** BullMQ's `reschedule` would put off a job that is due earlier. */
  async #isSooner(queue: Queue, { key, delayMs = 0 }: JobOptions): Promise<boolean> {
    if (key === undefined || delayMs === 0) return true;
    const waiting = await queue.getDeduplicationJobId(encodeURIComponent(key));
    const job: Job | undefined = waiting ? await queue.getJob(waiting) : undefined;
    return job !== undefined && job.timestamp + job.delay > Date.now() + delayMs;
  }

  #work(): void {
    if (this.#worker || this.#stop.signal.aborted || !this.#workerConnection) return;
    const { lock_ms, concurrency } = this.#runtime.config.jobs;
    this.#worker = new Worker(queueName, (job, token) => this.#run(job, token), {
      ...this.#place(this.#workerConnection),
      concurrency,
      lockDuration: lock_ms,
      stalledInterval: lock_ms / 2,
      maxStalledCount: maxDeaths,
    });
    this.#worker.on('error', (error) => this.#caught(error));
  }

  async #open(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    if (!this.#queue) {
      this.#queue = new Queue(queueName, this.#place(this.#queueConnection));
      this.#queue.on('error', (error) => this.#caught(error));
    }
    for (const { name, everyMs } of this.#repeats.values()) {
      await this.#queue.upsertJobScheduler(name, { every: everyMs }, { name, opts: repeatOptions });
    }
  }

  #place(connection: RedisConnection): { connection: ConnectionOptions; prefix: string } {
    return { connection: connection.client as ConnectionOptions, prefix: `{${this.#runtime.config.redis.prefix}-bull}` };
  }

  async #run(job: Job, token: string | undefined): Promise<void> {
    const repeated = isAddedJob(job) ? undefined : this.#repeats.get(job.name);
    if (repeated) return runCounted(this.#runtime, job.name, () => repeated.run());
    const handler = this.#handlers.get(job.name);
    // A newer version's job: the queue gives it to a worker that knows it after the retry's wait.
    if (!handler) throw new Error(`this worker knows no job "${job.name}"`);
    try {
      await runCounted(this.#runtime, job.name, () => handler(this.#running(job)));
    } catch (error) {
      if (!(error instanceof JobPaused)) throw error;
      await job.moveToDelayed(Date.now(), token);
      throw new DelayedError();
    }
  }

  #running(job: Job): RunningJob<JobName> {
    const { progress } = statusOf(job, 'active');
    return {
      ...{ id: idOf(job.id ?? ''), name: job.name as JobName, data: job.data, attempt: job.attemptsStarted, progress },
      signal: this.#stop.signal,
      report: (next: JobProgress) => job.updateProgress({ ...next }),
    };
  }

  #caught(error: unknown): void {
    // The connection itself says once that Redis is away.
    this.#runtime.metrics.caught.inc({ where: 'jobs' });
    this.#runtime.log.debug({ err: error }, 'the job queue met an error');
  }
}
