// The contract of the ledger: how many publications were accepted, sequenced and shed, per lane, since the store was created. The equation
// accepted = sequenced + shed + waiting in the ingress holds for every lane; tests and the admin API check it.
import type { Lane } from '@danmux/protocol';

/** Counts to add, per lane; `shed` per lane and reason. */
export interface LedgerCounts {
  readonly accepted?: Partial<Record<Lane, number>>;
  readonly sequenced?: Partial<Record<Lane, number>>;
  readonly shed?: Partial<Record<Lane, Readonly<Record<string, number>>>>;
}

/** Messages counted by lane since the store was created, over all shards; shed messages also by reason. */
export interface LedgerTotals {
  readonly accepted: Record<Lane, number>;
  readonly sequenced: Record<Lane, number>;
  readonly shed: Record<Lane, Record<string, number>>;
}

/**
 * Atomicity: counts are added in the same step as the writes they count (`Ingress.publish`, `Streams.commit`). Totals are read shard by
 * shard, so under load they are not a snapshot of one moment. Duplicates are not counted.
 *
 * Loss: counts are stored beside the publications they count; a store restored from an older state has both from the same moment.
 */
export interface Ledger {
  /** Returns the sums over all shards. */
  totals(): Promise<LedgerTotals>;
}
