// Builds KEYS and ARGV of streams-commit.lua for one commit; the head of the script documents them.
import { laneNames, lanes, streamLanes } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import type { Commit } from '../contract/streams.ts';
import { headsTtlMs, historySize } from '../engine/lane-settings.ts';
import { countsOf } from '../engine/ledger-fields.ts';
import { encodeFrame } from './frame-wire.ts';
import type { ShardKeys } from './keys.ts';

export function commitArguments(
  shard: ShardKeys,
  { room, lease, expected, messages, entries, frame, counts, events = [] }: Commit,
  publishCommand: string,
  config: Config,
): { keys: string[]; args: (string | number)[] } {
  const keys = [
    shard.lease,
    shard.heads(room),
    ...streamLanes.map((lane) => shard.stream(room, lane)),
    ...laneNames.map((lane) => shard.ingress(lane)),
    shard.ledger,
    shard.events,
  ];
  const fields = countsOf(counts);
  const args = [
    lease.owner,
    lease.token,
    expected.epoch,
    ...streamLanes.map((lane) => expected.offsets[lane]),
    headsTtlMs,
    publishCommand,
    shard.frames(room),
    frame ? encodeFrame(frame) : '',
    shard.eventsChannel,
    config.webhooks.log_events,
    ...streamLanes.flatMap((lane) => {
      const added = messages[lane] ?? [];
      return [historySize(room, lane), lanes[lane].history.ttlS * 1_000, added.length, ...added];
    }),
    ...laneNames.flatMap((lane) => [entries[lane]?.length ?? 0, ...(entries[lane] ?? [])]),
    fields.length,
    ...fields.flat(),
    events.length,
    ...events,
  ];
  return { keys, args };
}
