// The contract of leases: time-limited ownership of a name, such as a shard, a slice of webhook targets or a repeated job. Each lease has a
// fencing token: writes that check it are refused when the owner has lost the lease without noticing.
import type { Subscription } from './subscription.ts';

/** Proof of time-limited ownership of a name. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Fencing token; increases with every new owner of the name. */
  readonly token: number;
}

/**
 * Atomicity: every call is one step. By the clock of the store, a name has at most one owner at any time. A process that was paused may not
 * notice that its lease expired, so writes that allow only one writer check owner and token in the same step (`Streams.commit`,
 * `Cursors.write`).
 *
 * Loss: a store restored from an older state may have lost a lease and its token. Then two processes can own the name until `renew` returns
 * false in one of them.
 */
export interface Leases {
  /** Acquires a free or expired name for `ttlMs`; null when another owner has it. The current owner gets the same lease, extended to `ttlMs` from now. */
  acquire(name: string, owner: string, ttlMs: number): Promise<Lease | null>;
  /** Extends a lease to `ttlMs` from now; returns false when it is lost. */
  renew(lease: Lease, ttlMs: number): Promise<boolean>;
  /** Releases a lease; does nothing when it is lost. */
  release(lease: Lease): Promise<void>;
  /** Calls `freed` with the name soon after a lease was released. Expiry is not reported and calls may be lost, so also call `acquire` regularly. */
  onFreed(freed: (name: string) => void): Promise<Subscription>;
}
