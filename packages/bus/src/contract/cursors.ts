// The contract of cursors: how far the owner of a lease has come with its work, as fields of one table a lease. Written often, many
// at once, and watched by nobody; what others must hear of at once belongs into records.
import type { Lease } from './leases.ts';

export interface Cursors {
  /** The fields that are there, of those named or of all, under the name of a lease; anybody may read. */
  read(name: string, fields?: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Sets fields, or removes those given as null, a thousand in one step; false, and nothing more happens, when the lease is lost. */
  write(lease: Lease, cursors: ReadonlyMap<string, string | null>): Promise<boolean>;
}
