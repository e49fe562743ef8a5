// Which shard a room belongs to. Publisher, relay and edge must agree, so the hash is fixed here: FNV-1a over the name's
// UTF-8 bytes. The number of shards is a config key that may only change while the cluster is empty.
import { fnv1a } from './fnv.ts';

export function shardOf(room: string, shards: number): number {
  // Room names are ASCII (protocol/room-name), so a char code is a byte.
  return fnv1a(room) % shards;
}

/** The lease that proves ownership of a shard. */
export function shardLease(shard: number): string {
  return `shard:${shard}`;
}
