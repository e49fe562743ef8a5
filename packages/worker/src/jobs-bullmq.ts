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
  readonly #connections: RedisConnection[];
  readonly #queue: Queue;
  #worker: Worker | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#connections = ['jobs-queue', 'jobs-worker'].map((purpose) => new RedisConnection(runtime, purpose, connectionRules));
    this.#queue = new Queue(queueName, { connection: this.#client(0), prefix: this.#prefix });
    this.#queue.on('error', (error) => this.#caught(error));
  }

  get #prefix(): string {
    return `{${this.#runtime.config.redis.prefix}-bull}`;
  }

  repeat(job: RepeatedJob): void {
    this.#jobs.set(job.name, job);
  }

  /** Resolves at once; what needs Redis happens when it is there. */
  async start(): Promise<void> {
    for (const connection of this.#connections) connection.start();
    this.#schedule().catch((error: unknown) => this.#caught(error));
    this.#worker = new Worker(queueName, async ({ name }) => this.#run(name), {
      connection: this.#client(1),
      prefix: this.#prefix,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: 5,
    });
    this.#worker.on('error', (error) => this.#caught(error));
  }

  async drain(): Promise<void> {
    // Waits for running jobs, unless Redis is away and nothing can be told to it.
    await this.#worker?.close(!this.#connections[1]?.up);
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.stop();
    const closing = Promise.allSettled([this.#worker?.close(true), this.#queue.close()]);
    await Promise.race([closing, new Promise((resolve) => setTimeout(resolve, 1_000).unref())]);
  }

  async #schedule(): Promise<void> {
    const options = { attempts: 3, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: { count: 100 }, removeOnFail: { count: 1_000 } };
    for (const { name, everyMs } of this.#jobs.values()) await this.#queue.upsertJobScheduler(name, { every: everyMs }, { name, opts: options });
  }

  async #run(name: string): Promise<void> {
    const job = this.#jobs.get(name);
    // A newer version's job: the queue gives it to a worker that knows it after the retry's wait.
    if (!job) throw new Error(`this worker knows no job "${name}"`);
    await runCounted(this.#runtime, job);
  }

  #client(index: number): ConnectionOptions {
    return this.#connections[index]?.client as ConnectionOptions;
  }

  #caught(error: unknown): void {
    // The connection itself says once that Redis is away.
    this.#runtime.metrics.caught.inc({ where: 'jobs' });
    this.#runtime.log.debug({ err: error }, 'the job queue met an error');
  }
}
