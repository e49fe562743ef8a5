// The contract of streams: the history of each room, one stream for each lane that keeps one, and the only place where messages get
// their final order. A relay appends by `commit`; edges and the api read by offset and by page.
import type { Lane, Positions, StreamLane } from '@danmux/protocol';
import type { BusFrame } from './frames.ts';
import type { Lease } from './leases.ts';
import type { LedgerCounts } from './ledger.ts';

/** The state of a room's streams: one epoch, and the last offset per lane (0 before the first). */
export interface Heads {
  readonly epoch: string;
  readonly offsets: Readonly<Record<StreamLane, number>>;
  /** The epochs that this one continues, newest first, at most eight (lineage.ts); absent when it continues none, and in a pulse. */
  readonly forks?: readonly Fork[];
}

/** An epoch that ended, and the offsets up to which its messages are still in the streams. */
export interface Fork {
  readonly epoch: string;
  readonly offsets: Readonly<Record<StreamLane, number>>;
}

/** What a process has seen of a room's heads; the store compares it with what it has, and notices that it went back. */
export interface HeadsClaim {
  /** The furthest heads this process has seen. */
  readonly known?: Heads;
  /** Epochs that this process has seen end. */
  readonly ended?: readonly string[];
}

/** What a relay writes in one atomic step for one room. */
export interface Commit {
  readonly room: string;
  /** The lease of the room's shard; under a lost one nothing is written. */
  readonly lease: Lease;
  /** The heads from which the messages were numbered; a store with other heads refuses the commit. */
  readonly expected: Heads;
  /** Numbered messages per lane, in order, as the JSON a viewer gets; their offsets follow `expected` without holes. */
  readonly messages: Partial<Record<StreamLane, readonly string[]>>;
  /** Ingress entries from which these messages came, the shed ones too; they leave the ingress. */
  readonly entries: Partial<Record<Lane, readonly string[]>>;
  /** Published to the edges that hold the room; null publishes nothing (everything was shed). */
  readonly frame: BusFrame | null;
  /** Added to the ledger. */
  readonly counts: LedgerCounts;
  /** Appended to the event log of the shard. */
  readonly events?: readonly string[];
}

export type CommitResult =
  | { readonly ok: true }
  /** `fenced`: the lease is lost. `moved`: the heads in the store are not `expected`; read them again. */
  | { readonly ok: false; readonly reason: 'fenced' | 'moved' };

export interface Page {
  /** Messages as the JSON a viewer gets, lowest offset first. */
  readonly msgs: readonly string[];
  /** Whether older ones exist. */
  readonly more: boolean;
}

/**
 * Order: offsets of a room and lane count from 1 without holes inside an epoch. Readers get messages by offset, lowest first. There is no
 * order between lanes; the frame of a commit carries the one that viewers see.
 *
 * Atomicity: a commit is one step on one shard: lease and heads checked, messages appended, ingress entries removed, ledger and event log
 * added to, frame published; either all of it or none. Two commits on the same heads cannot both succeed.
 *
 * Loss: a lane keeps its last `lanes[lane].history.size` messages (a user room more), and drops all of them `ttlS` after the last. A store
 * that restarts, fails over or is restored from a backup may come back behind what readers have seen. `heads` with a claim notices it and
 * begins a new epoch, so that no offset of an epoch ever names two messages; lineage.ts has a worked example. A commit that rejects
 * with `unavailable` may have been written: read the heads again before the next.
 */
export interface Streams {
  commit(commit: Commit): Promise<CommitResult>;
  /**
   * The heads of a room. A room that has none gets a new epoch, and every later call returns it: heads live at least as long as history
   * would, and as long as an edge reports presence in the room.
   *
   * With a claim (`{}` from a process that has seen nothing) the room begins a new epoch, in the same step, in any of three cases: its heads
   * are behind the known ones of the same epoch; its epoch is one that ended; or the store restarted or failed over since the room's heads
   * were last claimed and cannot prove that it kept everything it acknowledged. What survived stays in the streams, offsets continue
   * from there, and `forks` records it. Never claim what a viewer says: a viewer could then fork the room at will.
   */
  heads(room: string, claim?: HeadsClaim): Promise<Heads>;
  /** Messages with `after < offset <= upTo`, lowest first, at most `limit`. The lowest ones are missing when history was trimmed. */
  since(room: string, lane: StreamLane, after: number, upTo: number, limit: number): Promise<readonly string[]>;
  /** The newest `limit` messages below the offset `before` (undefined: the newest of all), lowest first. */
  history(room: string, lane: StreamLane, before: number | undefined, limit: number): Promise<Page>;
  /**
   * Replaces a message in the history by a tombstone of the same offset and id, and keeps the id among `recalled` for as long as history
   * lasts. A part of a combo is left out of its message instead. `found` is false when history has no such message: it may still wait in
   * the ingress, be on a lane without history, or not exist. Viewers learn nothing from this call: publish a message with the
   * mark `recalls` besides. Calling it again is safe.
   */
  recall(room: string, id: string): Promise<{ readonly found: boolean }>;
  /** Ids that were recalled in a room. */
  recalled(room: string): Promise<readonly string[]>;
}

/** Heads in the form of viewer positions. */
export function positionsOf(heads: Heads): Positions {
  return Object.fromEntries(Object.entries(heads.offsets).map(([lane, offset]) => [lane, { epoch: heads.epoch, offset }]));
}
