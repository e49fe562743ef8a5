// Jobs on BullMQ: every worker of the cluster takes from one queue, a scheduler of the queue makes one job an interval. A
// killed worker's job is found stalled and run by another.
import { RedisConnection } from '@danmux/bus/redis';
import type { Runtime } from '@danmux/runtime';
import { type ConnectionOptions, Queue, Worker } from 'bullmq';
import type { Jobs, RepeatedJob } from './jobs.ts';
import { runCounted } from './run-counted.ts';

const queueName = 'jobs';
/** A job whose worker was not heard of for so long is run by another. */
const lockMs = 10_000;

/** BullMQ waits for Redis by itself: it wants its commands kept, and blocks longer than a command may take. */
const connectionRules = { enableOfflineQueue: true, maxRetriesPerRequest: null, commandTimeout: undefined, autoResubscribe: true } as const;

export class BullmqJobs implements Jobs {
  readonly name = 'jobs';
  readonly #runtime: Runtime;
  readonly #jobs = new Map<string, RepeatedJob>();
  readonly #queueConnection: RedisConnection;
  readonly #workerConnection: RedisConnection;
  #queue: Queue | undefined;
  #worker: Worker | undefined;
  #stopping = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#queueConnection = new RedisConnection(runtime, 'jobs-queue', connectionRules);
    this.#workerConnection = new RedisConnection(runtime, 'jobs-worker', connectionRules);
  }

  get #options(): { connection: (of: RedisConnection) => ConnectionOptions; prefix: string } {
    return { connection: (of) => of.client as ConnectionOptions, prefix: `{${this.#runtime.config.redis.prefix}-bull}` };
  }

  repeat(job: RepeatedJob): void {
    this.#jobs.set(job.name, job);
  }

  /** Resolves at once. A queue whose first connection fails never recovers, so each is made when its connection stands. */
  async start(): Promise<void> {
    // Every time, since a Redis that restarted empty has forgotten the schedule.
    this.#queueConnection.onReady(() => void this.#schedule().catch((error: unknown) => this.#caught(error)));
    this.#workerConnection.onReady(() => this.#work());
    this.#queueConnection.start();
    this.#workerConnection.start();
  }

  async drain(): Promise<void> {
    this.#stopping = true;
    // Waits for running jobs, unless Redis is away and nothing can be told to it.
    await this.#worker?.close(!this.#workerConnection.up);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#queueConnection.stop();
    this.#workerConnection.stop();
    const closing = Promise.allSettled([this.#worker?.close(true), this.#queue?.close()]);
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  #work(): void {
    if (this.#worker || this.#stopping) return;
    const { connection, prefix } = this.#options;
    this.#worker = new Worker(queueName, async ({ name }) => this.#run(name), {
      connection: connection(this.#workerConnection),
      prefix,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: 5,
    });
    this.#worker.on('error', (error) => this.#caught(error));
  }

  async #schedule(): Promise<void> {
    if (this.#stopping) return;
    const { connection, prefix } = this.#options;
    if (!this.#queue) {
      this.#queue = new Queue(queueName, { connection: connection(this.#queueConnection), prefix });
      this.#queue.on('error', (error) => this.#caught(error));
    }
    const opts = { attempts: 3, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: { count: 100 }, removeOnFail: { count: 1_000 } };
    for (const { name, everyMs } of this.#jobs.values()) await this.#queue.upsertJobScheduler(name, { every: everyMs }, { name, opts });
  }

  async #run(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    // A newer version's job: the queue gives it to a worker that knows it after the retry's wait.
    if (!job) throw new Error(`this worker knows no job "${name}"`);
    await runCounted(this.#runtime, job);
  }

  #caught(error: unknown): void {
    // The connection itself says once that Redis is away.
    this.#runtime.metrics.caught.inc({ where: 'jobs' });
    this.#runtime.log.debug({ err: error }, 'the job queue met an error');
  }
}
