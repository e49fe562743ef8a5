// The names of every key and channel. All keys of a shard carry one hash tag, so that one script can touch them together on a
// Redis Cluster. Keys live in one database, channels are shared by all databases of a Redis: a channel therefore names its
// database. Nothing else in danmux spells a key.
import type { Lane, StreamLane } from '@danmux/protocol';

/** Where the records of one slot are. */
export interface RecordSlot {
  /** Channel of their changes. */
  readonly changes: string;
  readonly ends: string;
  record(record: string): string;
  names(record: string): string;
}

export interface ShardKeys {
  readonly lease: string;
  readonly fence: string;
  readonly ledger: string;
  readonly totals: string;
  /** A channel. */
  readonly bell: string;
  readonly events: string;
  /** A channel. */
  readonly eventsBell: string;
  readonly records: RecordSlot;
  ingress(lane: Lane): string;
  seen(room: string, dedupeKey: string): string;
  heads(room: string): string;
  stream(room: string, lane: StreamLane): string;
  tombstones(room: string, lane: StreamLane): string;
  recalled(room: string): string;
  recalledParts(room: string): string;
  presence(room: string): string;
  roster(room: string): string;
  /** A channel. */
  frames(room: string): string;
}

export interface Keys {
  shard(shard: number): ShardKeys;
  /** Lease and fence counter of a name. */
  lease(name: string): readonly [lease: string, fence: string];
  /** Of a lease that is no shard's, in its slot. */
  cursors(name: string): string;
  readonly members: string;
  /** A channel. */
  readonly freed: string;
  /** Of the records that are no room's. */
  readonly otherRecords: RecordSlot;
  /** All there are. */
  readonly recordSlots: readonly RecordSlot[];
  idempotency(key: string): string;
  once(key: string): string;
  log(log: string): string;
  receipt(id: string): string;
  trace(room: string, id: string): string;
  traffic(room: string): string;
}

/** First part of every channel of a database; a prefix contains no `@`. Database 0 has the names of old. */
export function channelPrefix(prefix: string, database: number): string {
  return database === 0 ? prefix : `${prefix}@${database}`;
}

export function createKeys(prefix: string, shards: number, database: number): Keys {
  const channels = channelPrefix(prefix, database);
  const all = Array.from({ length: shards }, (_, shard) => shardKeys(`${prefix}:{s${shard}}`, `${channels}:{s${shard}}`));
  const shard = (number: number) => {
    const keys = all[number];
    if (!keys) throw new RangeError(`there is no shard ${number} of ${shards}`);
    return keys;
  };
  const otherRecords = recordSlot(`${prefix}:{records}`, `${channels}:{records}`);
  return {
    shard,
    lease(name) {
      const number = /^shard:(\d+)$/.exec(name)?.[1];
      if (number === undefined) return [`${prefix}:{l:${name}}:lease`, `${prefix}:{l:${name}}:fence`];
      const { lease, fence } = shard(Number(number));
      return [lease, fence];
    },
    cursors: (name) => `${prefix}:{l:${name}}:cursors`,
    members: `${prefix}:members`,
    freed: `${channels}:{freed}`,
    otherRecords,
    recordSlots: [...all.map(({ records }) => records), otherRecords],
    idempotency: (key) => `${prefix}:idempotency:${key}`,
    once: (key) => `${prefix}:once:${key}`,
    log: (log) => `${prefix}:log:${log}`,
    receipt: (id) => `${prefix}:receipt:${id}`,
    // A room's name contains no space.
    trace: (room, id) => `${prefix}:trace:${room} ${id}`,
    traffic: (room) => `${prefix}:traffic:${room}`,
  };
}

function shardKeys(base: string, channels: string): ShardKeys {
  return {
    lease: `${base}:lease`,
    fence: `${base}:fence`,
    ledger: `${base}:ledger`,
    totals: `${base}:online`,
    bell: `${channels}:bell`,
    events: `${base}:events`,
    eventsBell: `${channels}:events-bell`,
    records: recordSlot(base, channels),
    ingress: (lane) => `${base}:in:${lane}`,
    // Both may contain colons; a room's name contains no space.
    seen: (room, dedupeKey) => `${base}:seen:${room} ${dedupeKey}`,
    heads: (room) => `${base}:room:${room}:heads`,
    stream: (room, lane) => `${base}:room:${room}:${lane}`,
    tombstones: (room, lane) => `${base}:room:${room}:${lane}-tombstones`,
    recalled: (room) => `${base}:room:${room}:recalled`,
    recalledParts: (room) => `${base}:room:${room}:recalled-parts`,
    presence: (room) => `${base}:room:${room}:online`,
    roster: (room) => `${base}:room:${room}:roster`,
    frames: (room) => `${channels}:frames:${room}`,
  };
}

function recordSlot(base: string, channels: string): RecordSlot {
  return {
    changes: `${channels}:record-changes`,
    ends: `${base}:record-ends`,
    record: (record) => `${base}:record:${record}`,
    names: (record) => `${base}:record-names:${record}`,
  };
}
