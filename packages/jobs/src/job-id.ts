// Job ids made from names, so that the same thing asked twice is one job.
import { createHash } from 'node:crypto';

/** The id of the job for a named thing: the same kind and name give the same job. */
export function jobIdOf(kind: string, name: string): string {
  return `${kind}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}`;
}
