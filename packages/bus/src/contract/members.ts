// The contract of members: the processes of the cluster, each of which announces itself every few seconds. Used for display, edge addresses and
// fair shares of leases. Being a member grants no ownership; only leases do.
import type { Lane } from '@danmux/protocol';

/** The announcement of one process. */
export interface Member {
  readonly id: string;
  readonly role: string;
  /** Address of the process, `host:port`; empty when it does not listen. */
  readonly address: string;
  /** URL at which viewers reach an edge; absent when `edge.public_url` is empty or the edge runs an older version. */
  readonly url?: string;
  readonly version: string;
  /** Load from 0 (idle) to 1 (full). */
  readonly load: number;
  /** Absent when the process runs an older version. */
  readonly numbers?: MemberNumbers;
  /** Degraded states in which the process still serves; absent when there are none. */
  readonly degraded?: readonly { readonly code: string; readonly text: string }[];
  /** Digests of its settings, by name (`ConfigDigest`); absent when the process runs an older version. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Measurements of a process, named as in the admin API (`nodeSchema` describes each). A process reports only those of its role. */
interface MemberNumbers {
  readonly started_at?: number;
  readonly seen_at?: number;
  readonly lag_ms?: number;
  readonly cpu?: number;
  readonly rss_bytes?: number;
  readonly heap_bytes?: number;
  readonly connections?: number;
  readonly rooms?: number;
  readonly shards?: number;
  readonly waiting?: Readonly<Record<Lane, number>>;
  readonly waiting_viewers?: number;
  readonly waiting_bytes?: number;
  readonly per_second?: Readonly<Record<Lane, number>>;
  readonly out_bytes_per_second?: number;
}

/**
 * Order: a later announcement of an id replaces earlier ones. The list has no order.
 *
 * Loss: a member that stops without `leave`, or cannot reach the store, stays listed until `ttlMs` after its last announcement. After a loss of
 * all data a member is listed again with its next announcement. A full Redis still accepts announcements, so members stay visible.
 */
export interface Members {
  /** Lists the member for `ttlMs` from now. */
  announce(member: Member, ttlMs: number): Promise<void>;
  leave(memberId: string): Promise<void>;
  list(): Promise<readonly Member[]>;
}
