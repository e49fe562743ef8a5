// Maps a room to its shard by FNV-1a over the bytes of the room name. Publisher, relay and edge must agree, so the hash never changes. The
// number of shards is a setting that may change only while the cluster is empty.
import { fnv1a } from './fnv.ts';

/** The shard of a room, from 0. All processes of a cluster must use the same number of shards. */
export function shardOf(room: string, shards: number): number {
  // Room names are ASCII (protocol/room-name), so each UTF-16 code unit is one byte.
  return fnv1a(room) % shards;
}

/** Name of the lease that proves ownership of a shard. */
export function shardLease(shard: number): string {
  return `shard:${shard}`;
}
