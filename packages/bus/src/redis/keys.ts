// Names of all keys and channels; no other file builds one. All keys of a shard share a hash tag, so that one script can use them together
// on a Redis Cluster. Redis separates keys by database but not channels, so channel names contain the database number.
import { type Lane, type StreamLane, streamLanes } from '@danmux/protocol';

/** Keys and channel of the records of one hash slot. */
export interface RecordSlot {
  /** Channel on which changes are published. */
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
  /** Channel that announces new publications in the shard's ingress. */
  readonly ingressChannel: string;
  readonly events: string;
  /** Channel that announces new events in the shard's log. */
  readonly eventsChannel: string;
  readonly records: RecordSlot;
  ingress(lane: Lane): string;
  /** Holds the id of the first publication with this dedupe key. */
  seen(room: string, dedupeKey: string): string;
  /** Holds the digest of that publication. */
  seenDigest(room: string, dedupeKey: string): string;
  heads(room: string): string;
  stream(room: string, lane: StreamLane): string;
  tombstones(room: string, lane: StreamLane): string;
  recalled(room: string): string;
  recalledParts(room: string): string;
  presence(room: string): string;
  memberLists(room: string): string;
  /** Channel on which the frames of the room are published. */
  frames(room: string): string;
}

export interface Keys {
  shard(shard: number): ShardKeys;
  /** Keys of a lease and of the counter for its fencing tokens. */
  lease(name: string): readonly [lease: string, fence: string];
  /** Key of a lease's cursors, in the slot of the lease. Not for shard leases, which are in other slots. */
  cursors(name: string): string;
  readonly members: string;
  /** `pattern` is the SCAN pattern of the keys of rooms' streams. `roomOf` returns the room of such a key, and undefined for any other key. */
  readonly streams: { readonly pattern: string; readonly roomOf: (key: string) => string | undefined };
  /** Channel on which the names of released leases are published. */
  readonly freed: string;
  /** Slot of the records that do not belong to a room. */
  readonly otherRecords: RecordSlot;
  /** All slots of records: one per shard, and `otherRecords`. */
  readonly recordSlots: readonly RecordSlot[];
  idempotency(key: string): string;
  once(key: string): string;
  log(log: string): string;
  receipt(id: string): string;
  trace(room: string, id: string): string;
  traffic(room: string): string;
}

/** First part of every channel name. Database 0 has no suffix, as in earlier versions. A prefix contains no `@`, so names cannot collide. */
export function channelPrefix(prefix: string, database: number): string {
  return database === 0 ? prefix : `${prefix}@${database}`;
}

export function createKeys(prefix: string, shards: number, database: number): Keys {
  const channels = channelPrefix(prefix, database);
  const all = Array.from({ length: shards }, (_, shard) => shardKeys(`${prefix}:{s${shard}}`, `${channels}:{s${shard}}`));
  const shard = (number: number) => {
    const keys = all[number];
    if (!keys) throw new RangeError(`shard ${number} does not exist; there are ${shards}`);
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
    streams: streamKeys(prefix),
    freed: `${channels}:{freed}`,
    otherRecords,
    recordSlots: [...all.map(({ records }) => records), otherRecords],
    idempotency: (key) => `${prefix}:idempotency:${key}`,
    once: (key) => `${prefix}:once:${key}`,
    log: (log) => `${prefix}:log:${log}`,
    receipt: (id) => `${prefix}:receipt:${id}`,
    // Room names contain no space, so the pair is unambiguous.
    trace: (room, id) => `${prefix}:trace:${room} ${id}`,
    traffic: (room) => `${prefix}:traffic:${room}`,
  };
}

function streamKeys(prefix: string): Keys['streams'] {
  const start = `${prefix}:{s`;
  const named = new RegExp(`^\\d+\\}:room:(.*):(?:${streamLanes.join('|')})$`, 's');
  return {
    pattern: `${prefix.replace(/[*?[\]\\]/g, '\\$&')}:{s*}:room:*`,
    roomOf: (key) => (key.startsWith(start) ? named.exec(key.slice(start.length))?.[1] : undefined),
  };
}

function shardKeys(base: string, channels: string): ShardKeys {
  return {
    lease: `${base}:lease`,
    fence: `${base}:fence`,
    ledger: `${base}:ledger`,
    totals: `${base}:online`,
    ingressChannel: `${channels}:bell`,
    events: `${base}:events`,
    eventsChannel: `${channels}:events-bell`,
    records: recordSlot(base, channels),
    ingress: (lane) => `${base}:in:${lane}`,
    // Room name and dedupe key may contain colons, but a room name contains no space, so the pair is unambiguous.
    seen: (room, dedupeKey) => `${base}:seen:${room} ${dedupeKey}`,
    seenDigest: (room, dedupeKey) => `${base}:seen-digest:${room} ${dedupeKey}`,
    heads: (room) => `${base}:room:${room}:heads`,
    stream: (room, lane) => `${base}:room:${room}:${lane}`,
    tombstones: (room, lane) => `${base}:room:${room}:${lane}-tombstones`,
    recalled: (room) => `${base}:room:${room}:recalled`,
    recalledParts: (room) => `${base}:room:${room}:recalled-parts`,
    presence: (room) => `${base}:room:${room}:online`,
    memberLists: (room) => `${base}:room:${room}:roster`,
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
