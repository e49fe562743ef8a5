// Derives job ids from names, so that requesting the same work twice adds one job.
import { createHash } from 'node:crypto';

/** Returns the id of the job for `kind` and `name`; equal inputs give equal ids. */
export function jobIdOf(kind: string, name: string): string {
  return `${kind}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
