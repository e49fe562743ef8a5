// The script that stores publications of one shard in its ingress.
import { type Lane, laneNames, lanes } from '@danmux/protocol';
import type { Config } from '@danmux/runtime';
import type { Publication } from '../../contract/ingress.ts';
import { dedupeMs, ingressCap } from '../../engine/lane-settings.ts';
import { encodeWeight } from '../../message/weight.ts';
import type { ShardKeys } from '../keys.ts';
import { byRows, defineScript, one, perLane, rows } from './define-script.ts';

interface IngressPublish {
  readonly shard: ShardKeys;
  readonly publications: readonly Publication[];
  readonly publishCommand: string;
  readonly config: Config;
}

export const ingressPublish = defineScript<IngressPublish>({
  file: 'ingress-publish',
  keys: [one('ledger', ({ shard }) => shard.ledger), perLane('ingress', ({ shard }, lane) => shard.ingress(lane)), byRows('seen')],
  args: [
    'publishCommand',
    one('channel', ({ shard }) => shard.ingressChannel),
    perLane('caps', ({ config }, lane) => ingressCap(lane, config)),
    perLane('atCap', (_, lane) => lanes[lane].atCap),
    one('rewriteSeen', ({ config }) => (config.redis.ack === 'replicated' ? 1 : 0)),
    rows('publication', ({ publications }) => publications, {
      lane: ({ lane }) => laneNumber(lane),
      room: ({ room }) => room,
      id: ({ id }) => id,
      body: ({ body }) => body,
      trace: ({ trace }) => trace,
      seenIndex: ({ room, dedupeKey }, { shard }, keys) => (dedupeKey === undefined ? 0 : keys.push(shard.seen(room, dedupeKey))),
      dedupeMs: ({ lane }, { config }) => dedupeMs(lane, config),
      judged: ({ weight, combo = '' }) => (weight ? encodeWeight(weight) : combo),
      marks: ({ marks }) => (marks ? JSON.stringify(marks) : ''),
      digest: ({ digest = '' }) => digest,
      digestIndex: ({ room, dedupeKey, digest }, { shard }, keys) =>
        dedupeKey === undefined || digest === undefined ? 0 : keys.push(shard.seenDigest(room, dedupeKey)),
    }),
  ],
});

/** Number of a lane in Lua, which counts from 1. */
function laneNumber(lane: Lane): number {
  return laneNames.indexOf(lane) + 1;
}
