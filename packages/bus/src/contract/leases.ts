// The contract of leases: ownership of a name for a limited time, such as a shard, a slice of webhook targets or a repeated job. The
// token fences: a store that checks it refuses writes of an owner that lost the lease without noticing.
import type { Subscription } from './subscription.ts';

/** Proof of owning a name for a while. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Grows with every new owner of the name. */
  readonly token: number;
}

/**
 * Atomicity: every call is one step. At most one owner has a name at any time, by the clock of the store. An owner whose process stood still
 * may believe in a lease that expired, so whatever must not be done twice checks owner and token in the step that writes
 * (`Streams.commit`, `Cursors.write`).
 *
 * Loss: a store that went back may have forgotten a lease and its token; two processes can then hold the name until the next `renew` of
 * one of them returns false.
 */
export interface Leases {
  /** A free or expired lease; null when another owner has it. Its own owner gets the same lease again, for `ttlMs` from now. */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /** Keeps it for `ttlMs` from now; false when it is lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Gives it up; does nothing when it is lost. */
  release(lease: Lease): Promise<void>;
  /** Calls `freed` with the name soon after a lease was released. Expired leases are not reported, and a call may be lost: try from time to time. */
  onFreed(freed: (name: string) => void): Promise<Subscription>;
}
