// Reverts the heads and streams of one room in Redis to older ones, like a server that restarts from an old snapshot.
import { streamLanes } from '@danmux/protocol';
import type { Cluster, Redis } from 'ioredis';
import type { Heads } from '../src/contract/streams.ts';
import type { Keys } from '../src/redis/keys.ts';
import { shardOf } from '../src/shard.ts';

/** Closes `redis` at the end. */
export async function putBack(redis: Redis | Cluster, keys: Keys, room: string, { epoch, offsets, forks = [] }: Heads): Promise<void> {
  try {
    const shard = keys.shard(shardOf(room, shardCount(keys)));
    const line = forks.map((fork) => [fork.epoch, ...streamLanes.map((lane) => fork.offsets[lane])].join(' ')).join(',');
    await redis.hset(shard.heads(room), { epoch, ...offsets });
    await (line === '' ? redis.hdel(shard.heads(room), 'forks') : redis.hset(shard.heads(room), 'forks', line));
    for (const lane of streamLanes) {
      const key = shard.stream(room, lane);
      const kept = await redis.xrange(key, '-', `${offsets[lane]}-0`);
      await redis.del(key);
      for (const [entry, fields] of kept) await redis.xadd(key, entry, ...fields);
    }
  } finally {
    redis.disconnect();
  }
}

function shardCount(keys: Keys): number {
  return keys.recordSlots.length - 1;
}
