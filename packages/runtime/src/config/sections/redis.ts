// Settings of the Redis connection, and when a write counts as stored.
import { Type } from 'typebox';
import { ms, strict } from '../fields.ts';

export const redis = Type.Object(
  {
    url: Type.String({
      default: '',
      env: 'REDIS_URL',
      secret: true,
      description: 'redis://, rediss://, redis+sentinel://host:port,host:port/NAME or redis+cluster://host:port,host:port.',
    }),
    prefix: Type.String({
      default: 'danmux',
      pattern: '^[a-z0-9_-]{1,32}$',
      env: 'DANMUX_REDIS_PREFIX',
      description: 'First part of every key and channel. Clusters that share a database of one Redis need different ones.',
    }),
    tls_ca: Type.String({
      default: '',
      env: 'DANMUX_REDIS_TLS_CA',
      description: 'File (PEM) with the CA of a rediss:// server that Node does not know; empty for those it knows.',
    }),
    command_timeout_ms: ms(3_000, 'A command without an answer for so long fails as `unavailable`.'),
    ack: Type.Union([Type.Literal('local'), Type.Literal('replicated')], {
      default: 'local',
      env: 'DANMUX_REDIS_ACK',
      description:
        'When a gift or control message counts as stored: `local` when the master has it, `replicated` when redis.ack_replicas replicas have it too. Use `replicated` where a paid gift must survive a failover; each acceptance then waits for the replicas, and without enough of them gifts are refused (docs/redis.md).',
    }),
    ack_replicas: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 1,
      env: 'DANMUX_REDIS_ACK_REPLICAS',
      description: 'Replicas that must confirm under redis.ack `replicated`; fewer is 503 `unavailable`.',
    }),
    ack_timeout_ms: Type.Integer({
      minimum: 10,
      default: 500,
      unit: 'ms',
      env: 'DANMUX_REDIS_ACK_TIMEOUT_MS',
      description: 'How long the replicas are waited for under redis.ack `replicated`; shorter than redis.command_timeout_ms.',
    }),
    ack_fsync: Type.Boolean({
      default: false,
      env: 'DANMUX_REDIS_ACK_FSYNC',
      description:
        'Under redis.ack `replicated` master and replicas must have it on disk too (WAITAOF): Redis 7.2 or Valkey, with AOF on all of them; with appendfsync everysec redis.ack_timeout_ms must be 2,000 or more.',
    }),
  },
  strict,
);
