// Who owns a name: a shard, a slice of webhook targets, the watch over rooms.

/** Proof of owning a name for a while. */
export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Grows with every new owner of the name; the store refuses writes under an older one. */
  readonly token: number;
}
