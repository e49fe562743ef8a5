// The names of every key and channel. All keys of a shard carry one hash tag, so that one script can touch them together on a
// Redis Cluster. Nothing else in danmux spells a key.
import type { Lane, StreamLane } from '@danmux/protocol';

export interface ShardKeys {
  readonly lease: string;
  readonly fence: string;
  readonly ledger: string;
  readonly totals: string;
  readonly bell: string;
  ingress(lane: Lane): string;
  seen(room: string, dedupeKey: string): string;
  heads(room: string): string;
  stream(room: string, lane: StreamLane): string;
  presence(room: string): string;
  roster(room: string): string;
  frames(room: string): string;
}

export interface Keys {
  shard(shard: number): ShardKeys;
  /** Lease and fence counter of a name. */
  lease(name: string): readonly [lease: string, fence: string];
  readonly members: string;
  readonly freed: string;
  idempotency(key: string): string;
}

export function createKeys(prefix: string, shards: number): Keys {
  const all = Array.from({ length: shards }, (_, shard) => shardKeys(`${prefix}:{s${shard}}`));
  const shard = (number: number) => {
    const keys = all[number];
    if (!keys) throw new RangeError(`there is no shard ${number} of ${shards}`);
    return keys;
  };
  return {
    shard,
    lease(name) {
      const number = /^shard:(\d+)$/.exec(name)?.[1];
      if (number === undefined) return [`${prefix}:{l:${name}}:lease`, `${prefix}:{l:${name}}:fence`];
      const { lease, fence } = shard(Number(number));
      return [lease, fence];
    },
    members: `${prefix}:members`,
    freed: `${prefix}:{freed}`,
    idempotency: (key) => `${prefix}:idempotency:${key}`,
  };
}

function shardKeys(base: string): ShardKeys {
  return {
    lease: `${base}:lease`,
    fence: `${base}:fence`,
    ledger: `${base}:ledger`,
    totals: `${base}:online`,
    bell: `${base}:bell`,
    ingress: (lane) => `${base}:in:${lane}`,
    // Both may contain colons; a room's name contains no space.
    seen: (room, dedupeKey) => `${base}:seen:${room} ${dedupeKey}`,
    heads: (room) => `${base}:room:${room}:heads`,
    stream: (room, lane) => `${base}:room:${room}:${lane}`,
    presence: (room) => `${base}:room:${room}:online`,
    roster: (room) => `${base}:room:${room}:roster`,
    frames: (room) => `${base}:frames:${room}`,
  };
}
