// The address of a group in place of a single server's.
import type { RedisServer } from '../src/index.ts';

/** The group is ended by the test, not with the cluster. */
export function serverAt(url: string, of: RedisServer): RedisServer {
  return { ...of, url, stop: async () => {} };
}
