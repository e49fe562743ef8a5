// Jobs: work off the hot path that the cluster does together: scheduled messages, broadcasts, webhooks, the archive. One contract,
// an in-process and a BullMQ variant. A job runs on one worker at a time, and again when it failed or its worker died, so its
// work must bear being done twice.
import type { Publication } from '@danmux/bus';
import type { From, WebhookEvent } from '@danmux/protocol';
import type { Part } from '@danmux/runtime';

/** The data of every kind of job, as one table; a name that is not here cannot be added. Plain JSON. */
export interface JobData {
  /** Publishes messages once they are due: a delayed message. */
  publish: { readonly publications: readonly Publication[] };
  /** Publishes one message to every online room that matches, paced. */
  broadcast: {
    /** The message's id in every room. */
    readonly id: string;
    /** Exact names (told also when nobody is there), `prefix*`, or `*`. */
    readonly rooms: readonly string[];
    readonly type: string;
    readonly data: unknown;
    readonly from?: From;
    readonly trace?: string;
    readonly receipt?: true;
    /** Milliseconds since 1970. */
    readonly expires_at?: number;
    readonly [field: string]: unknown;
  };
  /** Gives one webhook target one event again: a dead letter that is replayed. */
  redeliver: { readonly target: string; readonly event: WebhookEvent; readonly text: string };
  /** Tells the totals of a message's receipts after their time-out. */
  receipts: { readonly id: string; readonly room: string };
  /** Writes what waits in a shard's event log to the archive. */
  archive: { readonly shard: number };
}
export type JobName = keyof JobData;

export interface JobOptions {
  /** The same one twice is one job, for as long as the first is kept; of a dead letter it is a retry. Made here when absent. */
  readonly id?: string;
  /**
   * At most one job of this key waits and one runs: adding one while another waits changes nothing (but an earlier time counts),
   * adding one while another runs lets one more follow. The id of what waits or runs is returned then. A job of a key is not
   * kept when it is done.
   */
  readonly key?: string;
  readonly delayMs?: number;
  /** Resolves only when the job survives as `redis.ack` asks, which the same id again asks anew: of what is acknowledged to somebody. */
  readonly confirmed?: boolean;
  /** Tries in all, with back-off between them; 5 when absent. A job that failed so often is a dead letter. */
  readonly attempts?: number;
}

export type JobState = 'waiting' | 'delayed' | 'active' | 'done' | 'failed';

export interface JobStatus {
  readonly id: string;
  readonly name: JobName;
  readonly state: JobState;
  /** Tries that were begun. */
  readonly attempts: number;
  /** What its handler said last; null before that. */
  readonly progress: JobProgress | null;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly finishedAt?: number;
  /** Why the last try failed. */
  readonly error?: string;
}

export interface JobProgress {
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
  /** Where another worker goes on; means something to the handler alone. */
  readonly cursor?: string;
}

export interface RunningJob<N extends JobName> {
  readonly id: string;
  readonly name: N;
  readonly data: JobData[N];
  /** 1 for the first try. */
  readonly attempt: number;
  /** What an earlier try stored; null in the first. */
  readonly progress: JobProgress | null;
  /** Aborted when this process ends. A job that takes long reports where it is and throws `JobPaused`. */
  readonly signal: AbortSignal;
  /** Resolves when stored. */
  report(progress: JobProgress): Promise<void>;
}

/** Thrown by a handler whose process ends: the job goes on elsewhere, and the try does not count as failed. */
export class JobPaused extends Error {
  override readonly name = 'JobPaused';
}

/** Adding and asking: every role may. Rejects with `unavailable` while the store is away. */
export interface JobQueue {
  /** Resolves with the job's id when it is stored. */
  add<N extends JobName>(name: N, data: JobData[N], options?: JobOptions): Promise<string>;
  /** Null when there is no such job (any more): done ones are kept for `jobs.kept_ms`. */
  status(id: string): Promise<JobStatus | null>;
  /** Removes a job that waits, perhaps for its next try; what it was, null when it runs, ended, or is not there. */
  cancel(id: string): Promise<JobStatus | null>;
  /** Dead letters, newest first; none after what is no cursor. */
  failed(cursor: string | undefined, limit: number): Promise<{ readonly jobs: readonly JobStatus[]; readonly cursor: string | null }>;
  /** Runs a dead letter again; false when it is none. */
  retry(id: string): Promise<boolean>;
}

export interface RepeatedJob {
  /** Lower-case words with dashes; the name in the queue and in metrics. */
  readonly name: string;
  /** Once per interval in the whole cluster, milliseconds. */
  readonly everyMs: number;
  run(): Promise<void>;
}

/** The queue of a process, and the work of one that has handlers. Without handlers it only adds and asks. */
export interface Jobs extends Part, JobQueue {
  /** Only before `start`. */
  handle<N extends JobName>(name: N, run: (job: RunningJob<N>) => Promise<void>): void;
  /** Only before `start`. */
  repeat(job: RepeatedJob): void;
}
