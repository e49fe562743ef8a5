// Every setting of danmux in one schema: type, default, unit, meaning and environment variable. The Config type, the check at the start
// and config/reference.md derive from it. The sections are in sections/, in the order of their keys here.
import { type Static, Type } from 'typebox';
import { strict } from './fields.ts';
import { api, pusher } from './sections/api.ts';
import { cluster } from './sections/cluster.ts';
import { edge } from './sections/edge.ts';
import { log } from './sections/log.ts';
import { messages } from './sections/messages.ts';
import { moderation } from './sections/moderation.ts';
import { redis } from './sections/redis.ts';
import { relay } from './sections/relay.ts';
import { viewer } from './sections/viewer.ts';
import { webhooks } from './sections/webhooks.ts';
import { archive, broadcasts, jobs, receipts, worker } from './sections/worker.ts';

export const configSchema = Type.Object(
  {
    host: Type.String({ default: '127.0.0.1', env: 'DANMUX_HOST', description: 'Address every role listens on; 0.0.0.0 for all interfaces.' }),
    public_host: Type.String({
      default: '',
      env: 'DANMUX_PUBLIC_HOST',
      description: 'Host name under which other machines and viewers reach this process; empty uses `host`.',
    }),
    engine: Type.Union([Type.Literal('auto'), Type.Literal('memory'), Type.Literal('redis')], {
      default: 'auto',
      env: 'DANMUX_ENGINE',
      description: 'Where messages live. `auto` is redis as soon as redis.url is given, else memory (one process only).',
    }),
    shedding: Type.Union([Type.Literal('on'), Type.Literal('off')], {
      default: 'on',
      env: 'DANMUX_SHEDDING',
      description: 'Shedding and rate limits; `off` only for load tests.',
    }),
    redis,
    log,
    shards: Type.Integer({
      minimum: 1,
      maximum: 4_096,
      default: 64,
      description:
        'Slices of all rooms, spread over the relays; relays beyond this number have no work. Each shard costs 16 reads of the store per second while idle. 0 is not allowed. Change it only while the cluster is empty.',
    }),
    messages,
    viewer,
    edge,
    relay,
    api,
    moderation,
    receipts,
    broadcasts,
    jobs,
    webhooks,
    archive,
    pusher,
    worker,
    cluster,
  },
  strict,
);

/** The settings as loaded: every key present, defaults filled in. */
export type Config = Static<typeof configSchema>;
