// The contract of members: the processes of the cluster, each as it announces itself every few seconds. Membership elects nobody and
// owns nothing; leases do.
import type { Lane } from '@danmux/protocol';

/** A process of the cluster, as it announces itself. */
export interface Member {
  readonly id: string;
  readonly role: string;
  /** Where to reach it, `host:port`; empty when it listens nowhere. */
  readonly address: string;
  readonly version: string;
  /** 0 idle to 1 full. */
  readonly load: number;
  /** Absent on a process of an older version. */
  readonly numbers?: MemberNumbers;
  /** Faults in spite of which it serves; absent when it has none. */
  readonly degraded?: readonly { readonly code: string; readonly text: string }[];
}

/** What a process measures of itself, by the names of the admin API (`nodeSchema` describes each); only what its role has. */
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
 * Order: the last announcement of an id replaces the ones before. The list has no order.
 *
 * Loss: a member that stops without `leave`, or cannot reach the store, is listed until `ttlMs` after its last announcement. A store that lost
 * its data lists a member again at its next announcement. A full Redis still takes announcements, so that its members stay visible.
 */
export interface Members {
  /** Lists the member for `ttlMs` from now. */
  announce(member: Member, ttlMs: number): Promise<void>;
  leave(memberId: string): Promise<void>;
  list(): Promise<readonly Member[]>;
}
