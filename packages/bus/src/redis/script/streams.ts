// The scripts of streams that a read or a recall runs.
import type { StreamLane } from '@danmux/protocol';
import type { HeadsClaim } from '../../contract/streams.ts';
import { headsTtlMs, recalledPartsTtlMs, recallTtlMs } from '../../engine/lane-settings.ts';
import type { ShardKeys } from '../keys.ts';
import { defineScript, one, onlyWith, perStreamLane } from './define-script.ts';

interface StreamsHeads {
  readonly shard: ShardKeys;
  readonly room: string;
  readonly newEpoch: string;
  readonly claim: HeadsClaim | undefined;
  readonly keepsAcknowledged: boolean;
}

export const streamsHeads = defineScript<StreamsHeads>({
  file: 'streams-heads',
  keys: [
    one('heads', ({ shard, room }) => shard.heads(room)),
    perStreamLane('streams', ({ shard, room }, lane) => shard.stream(room, lane)),
    perStreamLane('tombstones', ({ shard, room }, lane) => shard.tombstones(room, lane)),
    one('recalledParts', ({ shard, room }) => shard.recalledParts(room)),
  ],
  args: [
    'newEpoch',
    one('ttlMs', () => headsTtlMs),
    onlyWith('claim', ({ claim }) => claim, {
      keepsAcknowledged: (_, { keepsAcknowledged }) => (keepsAcknowledged ? 1 : 0),
      knownEpoch: ({ known }) => known?.epoch ?? '',
      knownOffsets: { perStreamLane: ({ known }, lane) => known?.offsets[lane] ?? 0 },
      ended: { list: ({ ended }) => ended ?? [] },
    }),
  ],
});

interface StreamsRecall {
  readonly shard: ShardKeys;
  readonly room: string;
  readonly id: string;
  readonly nowMs: number;
  /** Number of the stream's lane; Lua counts from 1. */
  readonly stream: number;
  /** End of the range to search, as XREVRANGE takes it. */
  readonly from: string;
  /** Largest number of entries to search. */
  readonly limit: number;
  /** True in the first call of a recall. */
  readonly first: boolean;
}

export const streamsRecall = defineScript<StreamsRecall>({
  file: 'streams-recall',
  keys: [
    perStreamLane('streams', ({ shard, room }, lane) => shard.stream(room, lane)),
    perStreamLane('tombstones', ({ shard, room }, lane) => shard.tombstones(room, lane)),
    one('recalled', ({ shard, room }) => shard.recalled(room)),
    one('recalledParts', ({ shard, room }) => shard.recalledParts(room)),
  ],
  args: [
    'id',
    one('idJson', ({ id }) => JSON.stringify(id)),
    'nowMs',
    one('ttlMs', () => recallTtlMs),
    'stream',
    'from',
    'limit',
    one('first', ({ first }) => (first ? 1 : 0)),
    one('partsTtlMs', () => recalledPartsTtlMs),
  ],
});

interface StreamsRecallAll {
  readonly shard: ShardKeys;
  readonly room: string;
  readonly lane: StreamLane;
  /** Name of the recall among the recalled ids. */
  readonly name: string;
  /** Time at which the recall was accepted, milliseconds since 1970. */
  readonly atMs: number;
  readonly nowMs: number;
  /** End of the range to search, as XREVRANGE takes it. */
  readonly from: string;
  /** Largest number of entries to search. */
  readonly limit: number;
  /** Id of the user whose messages are recalled; empty for the messages of all users. */
  readonly user: string;
}

export const streamsRecallAll = defineScript<StreamsRecallAll>({
  file: 'streams-recall-all',
  keys: [
    one('stream', ({ shard, room, lane }) => shard.stream(room, lane)),
    one('tombstones', ({ shard, room, lane }) => shard.tombstones(room, lane)),
    one('recalled', ({ shard, room }) => shard.recalled(room)),
  ],
  args: ['name', 'atMs', 'nowMs', one('ttlMs', () => recallTtlMs), 'from', 'limit', 'user', one('userJson', ({ user }) => JSON.stringify(user))],
});
