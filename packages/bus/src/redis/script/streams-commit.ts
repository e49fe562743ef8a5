// The script that commits a batch of one room.
import { laneNames, lanes, streamLanes } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import type { Commit } from '../../contract/streams.ts';
import { headsTtlMs, historySize } from '../../engine/lane-settings.ts';
import { countsOf } from '../../engine/ledger-fields.ts';
import { encodeFrame } from '../frame-wire.ts';
import type { ShardKeys } from '../keys.ts';
import { counted, countedRows, defineScript, one, perLane, perStreamLane, rows } from './define-script.ts';

interface StreamsCommit {
  readonly shard: ShardKeys;
  readonly commit: Commit;
  readonly publishCommand: string;
  readonly config: Config;
}

const none: readonly string[] = [];

export const streamsCommit = defineScript<StreamsCommit>({
  file: 'streams-commit',
  keys: [
    one('lease', ({ shard }) => shard.lease),
    one('heads', ({ shard, commit }) => shard.heads(commit.room)),
    perStreamLane('streams', ({ shard, commit }, lane) => shard.stream(commit.room, lane)),
    perLane('ingress', ({ shard }, lane) => shard.ingress(lane)),
    one('ledger', ({ shard }) => shard.ledger),
    one('eventLog', ({ shard }) => shard.events),
  ],
  args: [
    one('owner', ({ commit }) => commit.lease.owner),
    one('token', ({ commit }) => commit.lease.token),
    one('epoch', ({ commit }) => commit.expected.epoch),
    perStreamLane('offsets', ({ commit }, lane) => commit.expected.offsets[lane]),
    one('headsTtlMs', () => headsTtlMs),
    'publishCommand',
    one('frameChannel', ({ shard, commit }) => shard.frames(commit.room)),
    one('frame', ({ commit: { frame } }) => (frame ? encodeFrame(frame) : '')),
    one('eventsChannel', ({ shard }) => shard.eventsChannel),
    one('eventsCap', ({ config }) => config.webhooks.log_events),
    rows('stream lane', () => streamLanes, {
      historySize: (lane, { commit }) => historySize(commit.room, lane),
      ttlMs: (lane) => lanes[lane].history.ttlS * 1_000,
      messages: { counted: (lane, { commit }) => commit.messages[lane] ?? none },
    }),
    rows('lane', () => laneNames, { entries: { counted: (lane, { commit }) => commit.entries[lane] ?? none } }),
    countedRows('counts', ({ commit }) => countsOf(commit.counts), { field: ([field]) => field, amount: ([, amount]) => amount }),
    counted('events', ({ commit }) => commit.events ?? none),
  ],
});
