// Lets a cluster of processes use a Redis group (Sentinel or Cluster) instead of a single server.
import type { RedisServer } from '../src/index.ts';

/** A RedisServer with the URL of the group. The test stops the group; stopping the cluster does not. */
export function serverAt(url: string, of: RedisServer): RedisServer {
  return { ...of, url, stop: async () => {} };
}
