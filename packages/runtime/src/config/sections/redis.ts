// Settings of the Redis connection, and the condition under which a write counts as stored.
import { Type } from 'typebox';
import { compared, everyRole, ms, perProcess, strict } from '../fields.ts';

export const redis = Type.Object(
  {
    url: Type.String({
      ...perProcess,
      default: '',
      env: 'REDIS_URL',
      secret: true,
      description:
        'URL of Redis: redis://host:port, redis+unix:///path, redis+sentinel://host:port,host:port/NAME or redis+cluster://host:port,host:port; with TLS rediss://, rediss+sentinel:// or rediss+cluster:// (docs/redis.md).',
    }),
    prefix: Type.String({
      ...perProcess,
      default: 'danmux',
      pattern: '^[a-z0-9_-]{1,32}$',
      env: 'DANMUX_REDIS_PREFIX',
      description: 'Prefix of every key and channel. Clusters that share a Redis database need different prefixes.',
    }),
    tls_ca: Type.String({
      ...perProcess,
      default: '',
      env: 'DANMUX_REDIS_TLS_CA',
      description: 'PEM file with the CA certificate of servers and Sentinels with TLS (rediss…://); empty uses the CAs built into Node.',
    }),
    tls_cert: Type.String({
      ...perProcess,
      default: '',
      env: 'DANMUX_REDIS_TLS_CERT',
      description: 'PEM file with the client certificate that servers and Sentinels require (tls-auth-clients); needs redis.tls_key.',
    }),
    tls_key: Type.String({ ...perProcess, default: '', env: 'DANMUX_REDIS_TLS_KEY', description: 'PEM file with the key of redis.tls_cert.' }),
    tls_servername: Type.String({
      ...perProcess,
      default: '',
      env: 'DANMUX_REDIS_TLS_SERVERNAME',
      description: 'Host name that the certificates of servers and Sentinels must be valid for; empty uses the address of each connection.',
    }),
    sentinel_username: Type.String({
      ...perProcess,
      default: '',
      env: 'DANMUX_REDIS_SENTINEL_USERNAME',
      description: 'User name for the Sentinels; empty is the default user.',
    }),
    sentinel_password: Type.String({
      ...perProcess,
      default: '',
      env: 'DANMUX_REDIS_SENTINEL_PASSWORD',
      secret: true,
      description: 'Password of the Sentinels (their requirepass). The password in redis.url is that of the servers.',
    }),
    command_timeout_ms: compared(ms(3_000, 'A command without a reply within this time fails with `unavailable`.'), everyRole, 'per_role'),
    ack: Type.Union([Type.Literal('local'), Type.Literal('replicated')], {
      default: 'local',
      env: 'DANMUX_REDIS_ACK',
      description:
        'When a gift or control message counts as stored: with `local` when the master has it, with `replicated` when redis.ack_replicas replicas also have it. Use `replicated` if a paid gift must survive a failover; each publish then waits for the replicas, and gifts are refused while too few replicas confirm (docs/redis.md).',
    }),
    ack_replicas: Type.Integer({
      minimum: 1,
      maximum: 16,
      default: 1,
      env: 'DANMUX_REDIS_ACK_REPLICAS',
      description: 'Replicas that must confirm when redis.ack is `replicated`; with fewer, the publish fails with 503 `unavailable`.',
    }),
    ack_timeout_ms: Type.Integer({
      minimum: 10,
      default: 500,
      unit: 'ms',
      env: 'DANMUX_REDIS_ACK_TIMEOUT_MS',
      description: 'Timeout for the confirmation of replicas when redis.ack is `replicated`; must be shorter than redis.command_timeout_ms.',
    }),
    ack_fsync: Type.Boolean({
      default: false,
      env: 'DANMUX_REDIS_ACK_FSYNC',
      description:
        'When redis.ack is `replicated`, the master and replicas must also have the write on disk (WAITAOF). Requires Redis 7.2 or Valkey with AOF enabled on every server; with `appendfsync everysec`, redis.ack_timeout_ms must be at least 2,000.',
    }),
  },
  { ...strict, compared: everyRole },
);
