// The schema of all settings: type, default, unit, description and environment variable. The Config type, the validation at start and
// config/reference.md derive from it. The folder sections/ holds one file per section.
import { type Static, Type } from 'typebox';
import { everyRole, perProcess, strict } from './fields.ts';
import { api, pusher } from './sections/api.ts';
import { cluster } from './sections/cluster.ts';
import { edge } from './sections/edge.ts';
import { log } from './sections/log.ts';
import { messages } from './sections/messages.ts';
import { metrics } from './sections/metrics.ts';
import { moderation } from './sections/moderation.ts';
import { redis } from './sections/redis.ts';
import { relay } from './sections/relay.ts';
import { viewer } from './sections/viewer.ts';
import { webhooks } from './sections/webhooks.ts';
import { archive, broadcasts, jobs, receipts, worker } from './sections/worker.ts';

/** The schema of the whole config. */
export const configSchema = Type.Object(
  {
    host: Type.String({
      default: '127.0.0.1',
      env: 'DANMUX_HOST',
      ...perProcess,
      description: 'Address on which every role listens; 0.0.0.0 for all interfaces.',
    }),
    public_host: Type.String({
      default: '',
      env: 'DANMUX_PUBLIC_HOST',
      ...perProcess,
      description: 'Host name under which other machines and viewers reach this process; empty uses `host`.',
    }),
    trusted_proxies: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      default: [],
      env: 'DANMUX_TRUSTED_PROXIES',
      compared: ['edge', 'api'],
      comparison: 'per_role',
      description:
        'Addresses (CIDR, IPv4 and IPv6) of the proxies in front of edge and api. Behind them the address of a client is the right-most one of X-Forwarded-For that is not listed here; from other senders the header is ignored. Without it all clients behind a proxy share one rate limit.',
    }),
    engine: Type.Union([Type.Literal('auto'), Type.Literal('memory'), Type.Literal('redis')], {
      default: 'auto',
      env: 'DANMUX_ENGINE',
      // The processes of a list share a store, so `auto` and `redis` are the same there.
      ...perProcess,
      description: 'Message store. `auto` uses Redis when redis.url is set, else memory, which works for a single process only.',
    }),
    shedding: Type.Union([Type.Literal('on'), Type.Literal('off')], {
      default: 'on',
      env: 'DANMUX_SHEDDING',
      description: 'Shedding and rate limits. Use `off` for load tests only.',
    }),
    redis,
    log,
    metrics,
    shards: Type.Integer({
      minimum: 1,
      maximum: 4_096,
      default: 64,
      description:
        'Number of shards into which rooms are divided; each relay owns some, and relays beyond this number are idle. Each shard costs 16 reads of the store per second while idle. 0 is not allowed. Change it only while the cluster is empty.',
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
  { ...strict, compared: everyRole },
);

/** The config after loading: every key is present, with its default if not set. */
export type Config = Static<typeof configSchema>;
