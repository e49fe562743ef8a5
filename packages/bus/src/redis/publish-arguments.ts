// Builds KEYS and ARGV of ingress-publish.lua for publications of one shard; the head of the script documents them.
import { type Lane, laneNames, lanes } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import type { Publication } from '../contract/ingress.ts';
import { dedupeMs, ingressCap } from '../engine/lane-settings.ts';
import { encodeWeight } from '../message/weight.ts';
import type { ShardKeys } from './keys.ts';

export function publishArguments(
  shard: ShardKeys,
  publications: readonly Publication[],
  publishCommand: string,
  config: Config,
): { keys: string[]; args: (string | number)[] } {
  const keys = [shard.ledger, ...laneNames.map((lane) => shard.ingress(lane))];
  const args: (string | number)[] = [
    publishCommand,
    shard.ingressChannel,
    ...laneNames.map((lane) => ingressCap(lane, config)),
    ...laneNames.map((lane) => lanes[lane].atCap),
    config.redis.ack === 'replicated' ? 1 : 0,
  ];
  for (const { room, lane, id, body, trace, dedupeKey, weight, combo = '', marks } of publications) {
    let dedupeIndex = 0;
    if (dedupeKey !== undefined) dedupeIndex = keys.push(shard.seen(room, dedupeKey));
    const judged = weight ? encodeWeight(weight) : combo;
    args.push(laneIndex(lane), room, id, body, trace, dedupeIndex, dedupeMs(lane, config), judged, marks ? JSON.stringify(marks) : '');
  }
  return { keys, args };
}

function laneIndex(lane: Lane): number {
  return laneNames.indexOf(lane) + 1;
}
