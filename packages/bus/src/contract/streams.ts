// The contract of streams: the history of each room, one stream per stream lane. Here messages get their final order. A relay appends with
// `commit`; edges and the API read by offset and by page.
import type { BulkRecall, Lane, Positions, RecallScope, StreamLane } from '@danmux/protocol';
import type { BusFrame } from './frames.ts';
import type { Lease } from './leases.ts';
import type { LedgerCounts } from './ledger.ts';

/** State of a room's streams: the epoch, and the last offset per lane (0 before the first message). */
export interface Heads {
  readonly epoch: string;
  readonly offsets: Readonly<Record<StreamLane, number>>;
  /** The epochs that this one continues, newest first, at most eight (lineage.ts). Absent when there are none; a pulse never has them. */
  readonly forks?: readonly Fork[];
}

/** An epoch that ended, and the offsets up to which its messages are still in the streams. */
export interface Fork {
  readonly epoch: string;
  readonly offsets: Readonly<Record<StreamLane, number>>;
}

/** Heads of a room that a process has seen. The store compares them with its own, and so detects that it lost writes. */
export interface HeadsClaim {
  /** The heads of the newest epoch this process has seen, with the highest offsets seen in it. */
  readonly known?: Heads;
  /** Epochs that this process has seen end. */
  readonly ended?: readonly string[];
}

/** All writes of a relay for one room, made in one atomic step. */
export interface Commit {
  readonly room: string;
  /** The lease of the room's shard; when it is lost, nothing is written. */
  readonly lease: Lease;
  /** The heads before this commit: the offsets of its messages begin after them. The commit is refused when the stored heads differ. */
  readonly expected: Heads;
  /** Numbered messages per lane, in order, as the JSON that viewers get; their offsets follow `expected` without gaps. */
  readonly messages: Partial<Record<StreamLane, readonly string[]>>;
  /** Entry ids of the sent and shed messages, per lane; the commit removes them from the ingress. */
  readonly entries: Partial<Record<Lane, readonly string[]>>;
  /** Frame to publish to the edges subscribed to the room; null publishes none. */
  readonly frame: BusFrame | null;
  /** Counts to add to the ledger. */
  readonly counts: LedgerCounts;
  /** Events to append to the event log of the shard. */
  readonly events?: readonly string[];
}

/** The result of a commit. When `ok` is false, nothing of the commit was stored or sent. */
export type CommitResult =
  | { readonly ok: true }
  /** `fenced`: the lease is lost. `moved`: the stored heads differ from `expected`; read them again. */
  | { readonly ok: false; readonly reason: 'fenced' | 'moved' };

/** One page of the history of a lane. It contains a tombstone in place of each recalled message. */
export interface Page {
  /** Messages as the JSON that viewers get, lowest offset first. */
  readonly msgs: readonly string[];
  /** True when older messages exist. */
  readonly more: boolean;
}

/** The recalls of a room within the last `recallTtlMs`, the longest TTL of a history. */
export interface Recalled {
  readonly ids: readonly string[];
  /** Recalls of all messages of a user or of the room: each covers the messages accepted until `at`, milliseconds since 1970. */
  readonly bulk: readonly { readonly scope: RecallScope; readonly at: number }[];
}

/**
 * Order: the offsets of a room and lane have no gaps. They begin at 1, and a new epoch with `forks` continues after the last surviving message.
 * Readers get messages lowest offset first. There is no order between lanes, except the order of messages in a frame.
 *
 * Atomicity: a commit is one step on one shard. It checks lease and heads, appends messages and events, removes ingress entries, adds to the
 * ledger and publishes the frame, or does nothing at all. Of two commits with messages and the same `expected`, at most one succeeds.
 *
 * Loss: a lane keeps its newest `lanes[lane].history.size` messages (a user room more), and drops all of them `ttlS` seconds after the last. A
 * store that restarts, fails over or is restored from a backup may have lost messages that readers have seen. `heads` with a claim detects
 * this and begins a new epoch, so that one epoch and offset never identify two messages; lineage.ts has an example. A commit that rejects
 * with `unavailable` may have been written: read the heads before the next one.
 */
export interface Streams {
  /** Makes all writes of a commit in one step, or makes none and returns the reason. */
  commit(commit: Commit): Promise<CommitResult>;
  /**
   * Returns the heads of a room. A room without heads gets a new epoch, which later calls return too. Heads live at least as long as any
   * history of the room, and as long as an edge reports presence in it.
   *
   * With a claim (`{}` from a process that has seen nothing) the same step begins a new epoch in any of three cases: the stored heads are behind
   * the claimed ones of the same epoch; the stored epoch is one that has ended; or the store restarted or failed over since the last claim
   * and cannot prove that it kept all acknowledged writes. Surviving messages stay, offsets continue after them, and `forks` lists the old epoch.
   * Never pass positions from a viewer as a claim: viewers could then begin epochs at will.
   */
  heads(room: string, claim?: HeadsClaim): Promise<Heads>;
  /** Returns at most `limit` messages with `after < offset <= upTo`, lowest first. The lowest ones are missing when history was trimmed. */
  since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]>;
  /** Returns the newest `limit` messages with `offset < before` (undefined: the newest of all), lowest first. */
  history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page>;
  /**
   * Replaces a message in the history by a tombstone with the same offset and id, and lists the id in `recalled` for `recallTtlMs`. A
   * part of a combo is removed from its message instead. `found` is false when history has no such message: it may still be in the ingress,
   * be on a lane without history, or not exist. This call does not notify viewers: also publish a message with the mark `recalls`.
   * Idempotent.
   */
  recall(room: string, id: string): Promise<{ readonly found: boolean }>;
  /**
   * Replaces all messages in the history that the recall covers by tombstones, and lists the recall in `recalled` with its `ts`. Returns how
   * many messages were replaced. Not atomic: readers may see some messages replaced before others. Like `recall`, it does not notify viewers.
   */
  recallAll(room: string, recall: BulkRecall): Promise<{ readonly count: number }>;
  recalled(room: string): Promise<Recalled>;
  /** Returns the names of all rooms with messages in a stream, without user rooms. Slow, because it scans the whole store. */
  rooms(): Promise<readonly string[]>;
}

/** Converts heads to the form of viewer positions: epoch and offset per lane. */
export function positionsOf(heads: Heads): Positions {
  return Object.fromEntries(Object.entries(heads.offsets).map(([lane, offset]) => [lane, { epoch: heads.epoch, offset }]));
}
