// The contract of cursors: the progress of a lease owner's work, as fields of one table per lease. For frequent and large writes that no
// process watches; changes that other processes must see immediately belong in records.
import type { Lease } from './leases.ts';

/**
 * Atomicity: a write of up to 1,000 fields is one step that checks the lease. A larger one is several steps and may stop between them.
 *
 * Loss: an owner that lost its lease writes nothing. A store restored from an older state has older cursors, so later work is repeated.
 */
export interface Cursors {
  /** Reads the named fields of a lease's table, or all of them. Leaves out missing fields. Any process may read. */
  read(name: string, fields?: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Sets fields and removes those given as null. Returns false when the lease is lost; the fields not yet written then stay unwritten. */
  write(lease: Lease, cursors: ReadonlyMap<string, string | null>): Promise<boolean>;
}
