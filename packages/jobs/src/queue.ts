// The contract of jobs, the cluster's work off the hot path: scheduled messages, broadcasts, webhooks, the archive. It has an in-process
// and a BullMQ engine. A job runs on one worker at a time, and runs again after a failure or when its worker died, so handlers must be
// idempotent.
import type { Publication } from '@danmux/bus';
import type { From, WebhookEvent } from '@danmux/protocol';
import type { Part } from '@danmux/runtime';

/** The data of each kind of job, as plain JSON. Only names in this table can be added. */
export interface JobData {
  /** Publishes delayed messages when they are due. `added` names the call that added the job. */
  publish: { readonly publications: readonly Publication[]; readonly digest?: string; readonly added?: string };
  /** Publishes one message to every matching room with viewers, at a limited rate. */
  broadcast: {
    /** Message id, the same in every room. */
    readonly id: string;
    /** Exact room names (published to even without viewers), `prefix*`, or `*` for all. */
    readonly rooms: readonly string[];
    readonly type: string;
    readonly data: unknown;
    readonly from?: From;
    readonly trace?: string;
    readonly receipt?: true;
    readonly digest?: string;
    /** Names the call that added the job. */
    readonly added?: string;
    /** Milliseconds since 1970. */
    readonly expires_at?: number;
    readonly [field: string]: unknown;
  };
  /** Delivers one event to one webhook target again: the replay of a dead letter. */
  redeliver: { readonly target: string; readonly event: WebhookEvent; readonly text: string };
  /** Emits the webhook events with the receipt totals of a message, `receipts.timeout_ms` after it was published. */
  receipts: { readonly id: string; readonly room: string };
  /** Writes the pending entries of a shard's event log to the archive. */
  archive: { readonly shard: number };
}

/** The kinds of jobs. */
export type JobName = keyof JobData;

/** Jobs whose data has the digest of their message. */
export type DistinctJobName = 'publish' | 'broadcast';

export interface AddedJob {
  readonly id: string;
  /** True when the job was stored before. Of several calls at the same moment, one gets false. */
  readonly duplicate: boolean;
}

/** When and how often a job runs. All fields are optional. */
export interface JobOptions {
  /** Job id, generated when absent. Adding the id of a stored job adds none; adding the id of a dead letter retries it. */
  readonly id?: string;
  /**
   * At most one job with this key waits, and at most one runs. If a job waits, `add` adds none and returns the id of that job, whose due time
   * becomes the earlier of the two. If a job runs, `add` adds a job that starts after it. A completed job with a key is not kept.
   */
  readonly key?: string;
  readonly delayMs?: number;
  /**
   * True: `add` resolves only when the job is stored as safely as `redis.ack` requires. Adding the same id again waits for the same guarantee.
   * Set it for a job that is acknowledged to a client.
   */
  readonly confirmed?: boolean;
  /** Attempts in total, with backoff between them; default 5. After the last failure the job is a dead letter. */
  readonly attempts?: number;
}

/** State of a job. `delayed` includes a job that waits for its next attempt. `failed`: all attempts failed, so the job is a dead letter. */
export type JobState = 'waiting' | 'delayed' | 'active' | 'done' | 'failed';

/** A stored job as an operator sees it, without its data. */
export interface JobStatus {
  readonly id: string;
  readonly name: JobName;
  readonly state: JobState;
  /** Attempts that were started. */
  readonly attempts: number;
  /** The progress its handler reported last; null before the first report. */
  readonly progress: JobProgress | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly finishedAt?: number;
  /** Error message of the last failed attempt. */
  readonly error?: string;
}

/** Progress of a long job: `done` of `total` units. */
export interface JobProgress {
  readonly done: number;
  /** 0 while the total is unknown. */
  readonly total: number;
  /** Position at which another worker continues; only the handler interprets it. */
  readonly cursor?: string;
}

/**
 * One attempt of a job; the argument of the job's handler. A handler may run again for a job whose work is done, because a worker may die
 * before it stores the result.
 */
export interface RunningJob<N extends JobName> {
  readonly id: string;
  readonly name: N;
  readonly data: JobData[N];
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** The progress stored by an earlier attempt; null in the first. */
  readonly progress: JobProgress | null;
  /** Aborted when this process stops. A long job then reports its position and throws `JobPaused`. */
  readonly signal: AbortSignal;
  /** Stores the progress; resolves when it is stored. */
  report(progress: JobProgress): Promise<void>;
}

/** Thrown by a handler whose process stops: the job continues on another worker, and the attempt does not count as failed. */
export class JobPaused extends Error {
  override readonly name = 'JobPaused';
}

/** Adds and looks up jobs; available to every role. Methods reject with `unavailable` while Redis is unreachable. */
export interface JobQueue {
  /** Resolves with the job's id when it is stored. */
  add<N extends JobName>(name: N, data: JobData[N], options?: JobOptions): Promise<string>;
  /**
   * Adds a job with an id given by a client. If a job with this id is stored and either job has no `digest` or the digests are equal, adds
   * nothing, but retries a dead letter. Rejects with `duplicate_id` when the digests differ.
   */
  addDistinct<N extends DistinctJobName>(name: N, data: JobData[N], options: JobOptions & { readonly id: string }): Promise<AddedJob>;
  /** Null when the job does not exist or was removed; completed jobs are kept for `jobs.kept_ms`. */
  status(id: string): Promise<JobStatus | null>;
  /** Removes a waiting job (also one that waits for a retry) and returns it; null when it is running, finished or unknown. */
  cancel(id: string): Promise<JobStatus | null>;
  /** Dead letters, newest first; an invalid cursor returns none. */
  failed(cursor: string | undefined, limit: number): Promise<{ readonly jobs: readonly JobStatus[]; readonly cursor: string | null }>;
  /** Retries a dead letter; false when the job is not one. */
  retry(id: string): Promise<boolean>;
}

/** A job without data that runs at an interval. A failed run is tried again, three times in all; the next interval begins anew. */
export interface RepeatedJob {
  /** Lower-case words with dashes; used in Redis keys and metrics. */
  readonly name: string;
  /** Interval in milliseconds; the job runs once per interval in the whole cluster. */
  readonly everyMs: number;
  run(): Promise<void>;
}

/** The job queue of a process. It runs jobs for which it has handlers; without handlers it only adds and looks up. */
export interface Jobs extends Part, JobQueue {
  /** Call before `start`. */
  handle<N extends JobName>(name: N, run: (job: RunningJob<N>) => Promise<void>): void;
  /** Call before `start`. */
  repeat(job: RepeatedJob): void;
}
