// Every setting of danmux in one schema: its type, default, unit, meaning and environment name. The Config type, the check
// at the start and config/reference.md derive from it. A secret is never printed.
import { messageTypes } from '@danmux/protocol';
import { type Static, Type } from 'typebox';

const strict = { additionalProperties: false } as const;
const port = (value: number, env: string, description: string) => Type.Integer({ minimum: 0, maximum: 65_535, default: value, env, description });
const ms = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, unit: 'ms', description });
const count = (value: number, description: string, minimum = 1) => Type.Integer({ minimum, default: value, description });

const messageType = Type.Object(
  { lane: Type.Union([Type.Literal('control'), Type.Literal('gift'), Type.Literal('chat'), Type.Literal('ambient')]), viewer: Type.Boolean() },
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
        prefix: Type.String({ default: 'danmux', pattern: '^[a-z0-9_-]{1,32}$', description: 'First part of every key and channel.' }),
        command_timeout_ms: ms(3_000, 'A command without an answer for so long fails as `unavailable`.'),
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
          description: 'Message type → lane, and whether viewers may send it. Files add rows to the built-in ones.',
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
        demo: Type.Boolean({
          default: false,
          env: 'DANMUX_DEMO',
          description: 'Serves /demo/ and hands out viewer tokens there to anybody: for development only.',
        }),
        per_minute: count(60_000, 'Requests one key may make a minute.'),
        idempotency_ttl_ms: ms(86_400_000, 'How long the answer to an Idempotency-Key is kept.'),
        drain_ms: ms(1_000, 'How long a draining api still answers on open connections before it closes them.', 0),
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
      },
      strict,
    ),
  },
  strict,
);

export type Config = Static<typeof configSchema>;
