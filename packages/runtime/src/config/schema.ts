// Every setting of danmux in one schema: its type, default, unit, meaning and environment name. The Config type, the check
// at the start and config/reference.md derive from it. A secret is never printed.
import { messageTypes } from '@danmux/protocol';
import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false } as const;
const port = (value: number, env: string, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: value, env, description });
const ms = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, unit: 'ms', description });
const count = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, description });

const strings = (value: string[], description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 512 }), { default: value, description });

const apiKey = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    /** SHA-256 of the key, hex. Two of them while one is rotated out. */
    hashes: Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' }), { minItems: 1, maxItems: 2 }),
    /** For signed mode. */
    signing_secrets: Type.Optional(Type.Array(Type.String({ minLength: 32 }), { minItems: 1, maxItems: 2, secret: true })),
    scopes: Type.Array(Type.Union(['publish', 'moderate', 'read', 'admin'].map((scope) => Type.Literal(scope))), { minItems: 1 }),
    rooms: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1 })),
    signed_only: Type.Optional(Type.Boolean()),
  },
  strict,
);

const webhookTarget = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    url: Type.String({ pattern: '^https?://' }),
    /** The newest first: two of them while one is changed. */
    secret: Type.Union([Type.String({ minLength: 24 }), Type.Array(Type.String({ minLength: 24 }), { minItems: 1, maxItems: 2 })], { secret: true }),
    events: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    rooms: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1 })),
  },
  strict,
);

const optionalCount = (description: string) => Type.Optional(Type.Integer({ minimum: 1, description }));
const messageType = Type.Object(
  {
    lane: Type.Union([Type.Literal('control'), Type.Literal('gift'), Type.Literal('chat'), Type.Literal('ambient')]),
    viewer: Type.Boolean(),
    merge: Type.Optional(Type.Union([Type.Literal('sum'), Type.Literal('newest')])),
    key: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    viewer_per_minute: optionalCount('Messages of this type one user may send a minute through one edge.'),
    viewer_burst: optionalCount('The same at once.'),
    viewer_count_max: optionalCount('What one message of a viewer may count.'),
    viewer_count_per_second: optionalCount('What the messages of one viewer may count a second through one edge.'),
  },
  strict,
);

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
    redis: Type.Object(
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
            'When a gift or control message counts as stored: `local` when the master has it, `replicated` when redis.ack_replicas replicas have it too, so that it survives a failover (docs/redis.md).',
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
    ),
    log: Type.Object(
      {
        level: Type.Union(
          ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].map((level) => Type.Literal(level)),
          { default: 'info', env: 'DANMUX_LOG_LEVEL', description: 'Lowest level that is written.' },
        ),
        pretty: Type.Boolean({ default: false, env: 'DANMUX_LOG_PRETTY', description: 'Lines for people instead of JSON.' }),
        buffer_bytes: Type.Integer({
          minimum: 4_096,
          default: 1_048_576,
          unit: 'bytes',
          description: 'Of the log, waiting to be written; past it, lines are dropped and counted.',
        }),
      },
      strict,
    ),
    shards: Type.Integer({
      minimum: 1,
      maximum: 4_096,
      default: 64,
      description: 'Slices of all rooms, spread over the relays. Change it only while the cluster is empty.',
    }),
    messages: Type.Object(
      {
        types: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,31}$' }), messageType, {
          ...strict,
          default: messageTypes,
          description:
            'Message type → lane, and whether viewers may send it. Of ambient types `merge`: `sum` (default; one message a tick, `data.count` added up) or `newest` (of each sender and of what `key` names in `data`). For viewers: `viewer_per_minute` and `viewer_burst` (given, or ambient: a limit apart from edge.send_per_minute, whose numbers are the default), `viewer_count_max` (default 100) and `viewer_count_per_second` (default 20) bound what counters and gifts of a viewer count. Files add rows to the built-in ones, or fields to a row.',
        }),
        role_weights: Type.Record(Type.String({ minLength: 1, maxLength: 64 }), Type.Number(), {
          ...strict,
          default: { host: 1_000, admin: 1_000, moderator: 500, vip: 100 },
          description: 'What a role of a sender adds to its level when a relay decides which chat to shed.',
        }),
        combo_window_ms: ms(
          300,
          'Gifts of one sender with the same `data.combo_id` that follow within so long are one, with the sum of `data.count`; 0 sends each.',
          0,
        ),
        dedupe_chat_ms: ms(60_000, 'How long the same cid of a viewer is one message.'),
        dedupe_gift_ms: ms(900_000, 'How long the same id in a room is one message.'),
      },
      strict,
    ),
    viewer: Type.Object(
      {
        token_secret: Type.String({
          default: '',
          env: 'DANMUX_TOKEN_SECRET',
          secret: true,
          description: 'Signs viewer tokens (HS256), at least 32 characters. Made at the first start in development; required in production.',
        }),
        allow_guests: Type.Boolean({
          default: false,
          env: 'DANMUX_ALLOW_GUESTS',
          description: 'A viewer without a token may watch every room, and send nothing.',
        }),
        token_issuer: Type.String({ default: '', description: 'When set, the `iss` every token must carry.' }),
        token_audience: Type.String({ default: '', description: 'When set, the `aud` every token must carry.' }),
      },
      strict,
    ),
    edge: Type.Object(
      {
        port: port(7700, 'DANMUX_EDGE_PORT', 'Port of the viewers; the next edges of a machine take the next ports.'),
        allowed_origins: Type.Array(Type.String(), {
          default: [],
          env: 'DANMUX_ALLOWED_ORIGINS',
          description: 'Origins of pages that may connect besides those of the same host name; `*` allows every one.',
        }),
        polling: Type.Boolean({ default: true, description: 'Long-polling as a fall-back; needs sticky sessions behind a balancer.' }),
        ping_interval_ms: ms(20_000, 'How often a viewer is pinged.'),
        ping_timeout_ms: ms(20_000, 'A viewer that does not answer a ping for so long is gone.'),
        connect_timeout_ms: ms(8_000, 'A connection that did not authenticate for so long is closed.'),
        max_connections: count(15_000, 'Connections one edge accepts.'),
        outbox_bytes: Type.Integer({
          minimum: 65_536,
          default: 1_048_576,
          unit: 'bytes',
          description: 'Queued for one viewer at most; past it the viewer is disconnected with code slow.',
        }),
        slice_ms: ms(2, 'Writing to the viewers of a room stops after so long, for pings, joins and what is urgent.'),
        direct_writes: Type.Boolean({
          default: true,
          description: 'Frames go straight to the TCP socket; off, they take the way of socket.io, which costs several times as much.',
        }),
        deflate: Type.Boolean({ default: true, description: 'Offers permessage-deflate; a frame is compressed once for all viewers.' }),
        send_per_minute: count(60, 'Messages one user may send a minute through one edge, with all connections together.'),
        send_burst: count(10, 'Messages one user may send at once.'),
        room_send_per_second: count(500, 'Messages all viewers of a room may send a second through one edge.'),
        presence_interval_ms: ms(400, 'How often an edge reports and reads online counts; viewers know the truth after two of them and a second.'),
        presence_ttl_ms: ms(8_000, 'An edge that did not report for so long is counted out.'),
        members_listed: Type.Integer({
          minimum: 2,
          maximum: 1_000,
          default: 200,
          description: 'Members of a room one edge names; above it the highest levels and a sample of the others.',
        }),
        drain_ms: ms(5_000, 'Viewers of a draining edge are sent away evenly over this time.', 0),
      },
      strict,
    ),
    relay: Type.Object(
      {
        port: port(7600, 'DANMUX_RELAY_PORT', 'Health and metrics of a relay that runs alone.'),
        tick_ms: ms(50, 'Under load a room sends one frame in so much time; the first message after quiet goes at once.'),
        max_tick_ms: ms(100, 'The same in a room of hundreds of messages a second: larger frames cost less a message.'),
        urgent_tick_ms: ms(5, 'The same for control and gift.', 0),
        frame_messages: count(2_000, 'Messages of one frame at most.'),
        chat_per_second: Type.Number({
          exclusiveMinimum: 0,
          default: 20,
          env: 'DANMUX_CHAT_PER_SECOND',
          description:
            'Chat messages a second the viewers of a room are sent; more are shed by weight, counted and told; a pause saves up two seconds of it. Gifts are not limited.',
        }),
        lease_ttl_ms: ms(2_500, 'A relay that does not renew a shard for so long loses it.', 200),
        ingress_chat: count(20_000, 'Chat messages a shard holds before the oldest are shed.'),
        ingress_ambient: count(5_000, 'Ambient messages a shard holds before the oldest are shed.'),
        ingress_gift: count(100_000, 'Control or gift messages a shard holds before more are refused.'),
      },
      strict,
    ),
    api: Type.Object(
      {
        port: port(7800, 'DANMUX_API_PORT', 'Port of the admin API.'),
        key: Type.String({
          default: '',
          env: 'DANMUX_API_KEY',
          secret: true,
          description:
            'One API key in plain text, at least 32 characters. Made at the first start in development; this or api.key_hashes is required in production.',
        }),
        key_hashes: Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' }), { default: [], description: 'SHA-256 of further API keys, in hex.' }),
        keys: Type.Array(apiKey, {
          default: [],
          description:
            'Keys with scopes (publish, moderate, read, admin), for rooms (exact names or `prefix*`), with `signing_secrets` for signed mode; `signed_only` refuses the bare key. More can be made at /v1/keys.',
        }),
        signature_window_ms: ms(300_000, 'How far the timestamp of a signed request may be from the time here; a nonce is remembered twice as long.'),
        demo: Type.Boolean({
          default: false,
          env: 'DANMUX_DEMO',
          description: 'Serves /demo/ and hands out viewer tokens there to anybody: for development only.',
        }),
        per_minute: count(60_000, 'Requests one key may make a minute.'),
        audit_entries: count(100_000, 'Rows of the audit log kept; past it the oldest go.'),
        idempotency_ttl_ms: ms(3_600_000, 'How long the answer to an Idempotency-Key is kept; a longer time costs memory of the store (docs/operations.md).'),
        drain_ms: ms(1_000, 'How long a draining api still answers on open connections before it closes them.', 0),
      },
      strict,
    ),
    moderation: Type.Object(
      {
        exempt_roles: strings(['host', 'admin', 'moderator'], 'Roles whose messages pass room modes and word lists.'),
        member_roles: strings(['member', 'vip', 'host', 'admin', 'moderator'], 'Roles that may talk in a room of members only.'),
        review_ttl_ms: ms(86_400_000, 'How long a held message waits for review; then it is dropped.'),
        review_cap: count(10_000, 'Messages that wait for review; more are refused.'),
        hook: Type.Object(
          {
            url: Type.String({ default: '', description: 'Asked before a message of a viewer is accepted; empty asks nobody.' }),
            secret: Type.String({ default: '', secret: true, env: 'DANMUX_HOOK_SECRET', description: 'Signs the question as a Standard Webhook (whsec_…).' }),
            types: strings(['chat'], 'Message types that are asked about.'),
            timeout_ms: ms(300, 'An answer later than this is none.'),
            concurrency: count(200, 'Questions of one edge under way at once; more are decided by on_failure.'),
            on_failure: Type.Record(Type.String({ pattern: '^[a-z][a-z0-9_.-]{0,31}$' }), Type.Union([Type.Literal('pass'), Type.Literal('block')]), {
              default: {},
              description: 'What becomes of a message of a type when the hook does not answer: pass (as when absent) or block.',
            }),
          },
          strict,
        ),
      },
      strict,
    ),
    receipts: Type.Object(
      {
        timeout_ms: ms(5_000, 'A viewer that did not say for so long that it has a message is counted as missing it.'),
        kept_ms: ms(86_400_000, 'How long the counts of a message are kept.'),
      },
      strict,
    ),
    broadcasts: Type.Object(
      {
        viewers_per_second: count(100_000, 'Broadcasts, all together, reach rooms of so many viewers a second, so that a million of them do not spike.'),
        rooms_per_second: count(500, 'Rooms that broadcasts, all together, reach a second at most.'),
      },
      strict,
    ),
    jobs: Type.Object(
      {
        kept_ms: ms(86_400_000, 'How long a job that is done can be asked for; dead letters are kept until retried or ten times as long.'),
        concurrency: count(8, 'Jobs one worker runs at once.'),
        lock_ms: ms(10_000, 'A job whose worker was not heard of for so long is run by another.'),
      },
      strict,
    ),
    webhooks: Type.Object(
      {
        targets: Type.Array(webhookTarget, {
          default: [],
          description:
            'Where events go: id, url, secret (whsec_ and base64; a list of two, the newest first, while it is changed), events (all when absent), rooms (exact names or `prefix*`; all when absent).',
        }),
        url: Type.String({ default: '', env: 'DANMUX_WEBHOOK_URL', description: 'One target more, of all events; its id is `default`.' }),
        secret: Type.String({
          default: '',
          env: 'DANMUX_WEBHOOK_SECRET',
          secret: true,
          description: 'Its secret; two with a space between, the newest first, while it is changed.',
        }),
        allow_http: Type.Boolean({ default: false, description: 'Targets may be http://; for development and private networks.' }),
        allow_addresses: strings([], 'Private address ranges (CIDR) targets may resolve to; all others of private, loopback and link-local kind are refused.'),
        timeout_ms: ms(10_000, 'A target must answer within this.'),
        connections: count(4_096, 'Requests of one worker under way at once, all targets together; each is a socket.'),
        target_connections: count(8, 'Those of one target, each of another room; less where `webhooks.connections` does not give every target as many.'),
        retry_for_ms: ms(86_400_000, 'An event no try of which succeeded for so long becomes a dead letter.'),
        max_wait_ms: ms(60_000, 'Longest wait between two tries.'),
        vacated_after_ms: ms(5_000, 'A room is vacated when nobody came back for so long.'),
        log_events: count(
          20_000,
          'Events a shard keeps for its consumers; past it the oldest go, counted. An event has at most about 64 KiB, so 20,000 are 1.3 GB a shard at the very worst.',
        ),
        dead_letters: count(10_000, 'Dead letters kept; past it the oldest go.'),
      },
      strict,
    ),
    archive: Type.Object(
      {
        dir: Type.String({
          default: '',
          env: 'DANMUX_ARCHIVE_DIR',
          description: 'Folder where workers write every sent message, one JSON line each, a file a room and day; empty writes none.',
        }),
      },
      strict,
    ),
    pusher: Type.Object(
      {
        app_id: Type.String({ default: '', env: 'DANMUX_PUSHER_APP_ID', description: 'The app id of the Pusher-compatible routes; empty switches them off.' }),
        key: Type.String({ default: '', env: 'DANMUX_PUSHER_KEY', description: 'Its key.' }),
        secret: Type.String({ default: '', env: 'DANMUX_PUSHER_SECRET', secret: true, description: 'Its secret, at least 32 characters.' }),
      },
      strict,
    ),
    worker: Type.Object(
      {
        port: port(7650, 'DANMUX_WORKER_PORT', 'Health and metrics of a worker that runs alone.'),
        sweep_interval_ms: ms(10_000, 'How often the rows of edges that are gone are removed.'),
      },
      strict,
    ),
    cluster: Type.Object(
      {
        announce_interval_ms: ms(500, 'How often a process announces itself.'),
        member_ttl_ms: ms(2_500, 'A process that did not announce itself for so long is gone.'),
        recheck_ms: ms(
          30_000,
          'How often the version of each followed record (rules of rooms, held messages) is looked at, in case news of a change got lost.',
          100,
        ),
      },
      strict,
    ),
  },
  strict,
);

export type Config = Static<typeof configSchema>;
