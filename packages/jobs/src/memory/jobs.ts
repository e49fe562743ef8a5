// The in-process engine: jobs live in memory and are lost when the process ends, like the memory bus. Jobs run by the runtime's clock, with a
// limit per class; one timer wakes for the next due job.
import { DanmuxError } from '@danmux/protocol';
import { backoffMs, newId, parseJson, type Runtime, toJson } from '@danmux/runtime';
import { checkDistinct } from '../distinct-job.ts';
import { classOfJob, type JobClass, jobClasses, placesOf } from '../job-classes.ts';
import { jobRules } from '../job-rules.ts';
import type { AddedJob, DistinctJobName, JobData, JobName, JobOptions, JobStatus, Jobs, RepeatedJob, RunningJob } from '../queue.ts';
import { JobPaused } from '../queue.ts';
import { runCounted } from '../run-counted.ts';
import { DueList } from './due-list.ts';
import type { MemoryJob } from './job.ts';
import { KeptJobs } from './kept-jobs.ts';
import { MemoryRepeats } from './repeats.ts';

type Handler = (job: RunningJob<JobName>) => Promise<void>;
/** Maximum sleep of the timer, in milliseconds, so that a jump of the clock (after a suspend, in a test) is noticed within this time. */
const longestSleepMs = 1_000;

/** The jobs of one class. */
interface Line {
  readonly due: DueList<MemoryJob>;
  readonly running: Set<Promise<void>>;
}
const newLine = (): Line => ({ due: new DueList(), running: new Set() });

export class MemoryJobs implements Jobs {
  readonly name = 'jobs';
  readonly #runtime: Runtime;
  readonly #handlers = new Map<JobName, Handler>();
  readonly #repeats: MemoryRepeats;
  readonly #jobs = new Map<string, MemoryJob>();
  readonly #lines: Readonly<Record<JobClass, Line>> = { short: newLine(), long: newLine(), outgoing: newLine() };
  /** By key: the job that waits or runs. */
  readonly #keyed = new Map<string, MemoryJob>();
  /** By key of a running job: the job that runs next. */
  readonly #following = new Map<string, MemoryJob>();
  readonly #ended: KeptJobs;
  #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #order = 0;
  #started = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#repeats = new MemoryRepeats(runtime);
    this.#ended = new KeptJobs(runtime, this.#jobs);
  }

  handle<N extends JobName>(name: N, run: (job: RunningJob<N>) => Promise<void>): void {
    this.#handlers.set(name, run as unknown as Handler);
  }

  repeat(job: RepeatedJob): void {
    this.#repeats.add(job);
  }

  async start(): Promise<void> {
    this.#started = true;
    this.#stop = new AbortController();
    this.#repeats.start();
    this.#pump();
  }

  async drain(): Promise<void> {
    this.#started = false;
    clearTimeout(this.#timer);
    this.#stop.abort();
    await Promise.all([this.#repeats.drain(), ...jobClasses.flatMap((jobClass) => [...this.#lines[jobClass].running])]);
  }

  async stop(): Promise<void> {
    await this.drain();
  }

  async addDistinct<N extends DistinctJobName>(name: N, data: JobData[N], options: JobOptions & { readonly id: string }): Promise<AddedJob> {
    this.#ended.forget();
    const known = this.#jobs.get(options.id);
    if (known) checkDistinct(parseJson(known.data) as object, data);
    return { id: await this.add(name, data, options), duplicate: known !== undefined };
  }

  async add<N extends JobName>(
    name: N,
    data: JobData[N],
    { id = newId(this.#runtime.clock.now()), key, delayMs = 0, attempts = jobRules.attempts }: JobOptions = {},
  ): Promise<string> {
    this.#ended.forget();
    const known = this.#jobs.get(id);
    // Retry a dead letter, so that the caller does not get the id of a job that never runs.
    if (known?.state === 'failed') await this.retry(id);
    if (known) return id;
    const now = this.#runtime.clock.now();
    const dueAt = now + delayMs;
    const holder = key === undefined ? undefined : this.#keyed.get(key);
    const waiting = holder?.state === 'active' ? this.#following.get(holder.key as string) : holder;
    if (waiting) return this.#hasten(waiting, dueAt);
    if (key === undefined && this.#waiting >= jobRules.waiting) {
      throw new DanmuxError('unavailable', { message: `${jobRules.waiting} jobs are already waiting; none was added. Try again later.` });
    }
    const job: MemoryJob = {
      ...{ id, name, data: toJson(data), key, tries: attempts, createdAt: now, order: this.#order++, dueAt },
      ...{ state: 'queued' as const, attempts: 0, failures: 0, progress: null },
    };
    this.#jobs.set(id, job);
    if (holder) this.#following.set(holder.key as string, job);
    else this.#queue(job);
    return id;
  }

  async status(id: string): Promise<JobStatus | null> {
    this.#ended.forget();
    const job = this.#jobs.get(id);
    return job ? this.#statusOf(job) : null;
  }

  async cancel(id: string): Promise<JobStatus | null> {
    const job = this.#jobs.get(id);
    if (job?.state !== 'queued') return null;
    if (job.key !== undefined && this.#following.get(job.key) === job) this.#following.delete(job.key);
    else this.#unqueue(job);
    this.#jobs.delete(id);
    return this.#statusOf(job);
  }

  async failed(cursor: string | undefined, limit: number): Promise<{ readonly jobs: readonly JobStatus[]; readonly cursor: string | null }> {
    const { jobs, cursor: next } = this.#ended.failed(cursor, limit);
    return { jobs: jobs.map((job) => this.#statusOf(job)), cursor: next };
  }

  async retry(id: string): Promise<boolean> {
    const job = this.#jobs.get(id);
    if (job?.state !== 'failed') return false;
    this.#ended.takeBack(job);
    const { finishedAt, ...rest } = job;
    const again: MemoryJob = { ...rest, key: undefined, state: 'queued', failures: 0, dueAt: this.#runtime.clock.now() };
    this.#jobs.set(id, again);
    this.#queue(again);
    return true;
  }

  #hasten(job: MemoryJob, dueAt: number): string {
    if (dueAt >= job.dueAt) return job.id;
    const listed = this.#lineOf(job).due.remove(job);
    job.dueAt = dueAt;
    if (listed) this.#lineOf(job).due.add(job);
    this.#pump();
    return job.id;
  }

  #queue(job: MemoryJob): void {
    if (job.key !== undefined) this.#keyed.set(job.key, job);
    job.state = 'queued';
    this.#lineOf(job).due.add(job);
    this.#pump();
  }

  #unqueue(job: MemoryJob): void {
    this.#lineOf(job).due.remove(job);
    if (job.key !== undefined) this.#release(job.key);
  }

  /** Queues the next job of the same key. */
  #release(key: string): void {
    this.#keyed.delete(key);
    const next = this.#following.get(key);
    this.#following.delete(key);
    if (next) this.#queue(next);
  }

  get #waiting(): number {
    return jobClasses.reduce((sum, jobClass) => sum + this.#lines[jobClass].due.size, this.#following.size);
  }

  #lineOf({ name }: MemoryJob): Line {
    return this.#lines[classOfJob[name]];
  }

  #pump(): void {
    clearTimeout(this.#timer);
    if (!this.#started) return;
    const waits = jobClasses.map((jobClass) => this.#pumpLine(this.#lines[jobClass], placesOf(jobClass, this.#runtime.config.jobs.concurrency)));
    const wait = Math.min(longestSleepMs, ...waits);
    if (this.#waiting > 0) this.#timer = setTimeout(() => this.#pump(), wait);
  }

  /** Starts due jobs. Returns the milliseconds until the next job is due, or Infinity when no job waits or no place is free. */
  #pumpLine({ due, running }: Line, places: number): number {
    for (let job = due.first; job && running.size < places; job = due.first) {
      const wait = job.dueAt - this.#runtime.clock.now();
      if (wait > 0) return wait;
      due.remove(job);
      this.#begin(job);
    }
    return Number.POSITIVE_INFINITY;
  }

  #begin(job: MemoryJob): void {
    job.state = 'active';
    job.attempts++;
    const running = this.#run(job)
      .then(
        () => this.#end(job, 'done'),
        (error: unknown) => this.#failedOnce(job, error),
      )
      .finally(() => {
        this.#lineOf(job).running.delete(running);
        this.#pump();
      });
    this.#lineOf(job).running.add(running);
  }

  async #run(job: MemoryJob): Promise<void> {
    const handler = this.#handlers.get(job.name);
    await runCounted(this.#runtime, job.name, async () => {
      if (!handler) throw new Error(`this process has no handler for "${job.name}"`);
      await handler({
        ...{ id: job.id, name: job.name, data: parseJson(job.data) as never, attempt: job.attempts, progress: job.progress },
        signal: this.#stop.signal,
        report: async (progress) => {
          job.progress = { ...progress };
        },
      });
    });
  }

  #failedOnce(job: MemoryJob, error: unknown): void {
    const now = this.#runtime.clock.now();
    if (error instanceof JobPaused) {
      job.dueAt = now;
      this.#queue(job);
      return;
    }
    job.error = error instanceof Error ? error.message : String(error);
    job.failures++;
    if (job.failures >= job.tries) {
      this.#end(job, 'failed');
      return;
    }
    job.dueAt = now + backoffMs(job.failures, jobRules.backoff);
    this.#queue(job);
  }

  #end(job: MemoryJob, state: 'done' | 'failed'): void {
    job.state = state;
    job.finishedAt = this.#runtime.clock.now();
    if (state === 'done') delete job.error;
    this.#ended.keep(job);
    if (job.key !== undefined) this.#release(job.key);
  }

  #statusOf({ id, name, state, dueAt, attempts, progress, createdAt, finishedAt, error }: MemoryJob): JobStatus {
    const queued = dueAt > this.#runtime.clock.now() ? 'delayed' : 'waiting';
    return {
      ...{ id, name, state: state === 'queued' ? queued : state, attempts, progress, createdAt },
      ...(finishedAt === undefined ? {} : { finishedAt }),
      ...(error === undefined ? {} : { error }),
    };
  }
}
