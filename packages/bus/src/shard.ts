// Which shard a room belongs to. Publisher, relay and edge must agree, so the hash is fixed here: FNV-1a over the name's
// UTF-8 bytes. The number of shards is a config key that may only change while the cluster is empty.

export function shardOf(room: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < room.length; i++) {
    // Room names are ASCII (protocol/room-name), so a char code is a byte.
    hash = Math.imul(hash ^ room.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % shards;
}

/** The lease that proves ownership of a shard. */
export function shardLease(shard: number): string {
  return `shard:${shard}`;
}
