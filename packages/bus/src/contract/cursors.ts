// The contract of cursors: how far the owner of a lease has come with its work, as the fields of one table for each lease. Written
// often and many at a time, watched by no process; a change that other processes must see at once belongs into records.
import type { Lease } from './leases.ts';

/**
 * Atomicity: a thousand fields are one step, which checks the lease; a longer write is several steps, and may stop after some of them.
 *
 * Loss: an owner that lost its lease writes nothing. A store that went back has older cursors, so the work after them is done again.
 */
export interface Cursors {
  /** The stored fields among those named, or all of them, of the table of a lease. Needs no lease. */
  read(name: string, fields?: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Sets fields, and removes those given as null; false when the lease is lost, from where on nothing is written. */
  write(lease: Lease, cursors: ReadonlyMap<string, string | null>): Promise<boolean>;
}
