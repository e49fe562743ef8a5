// Where events go, and how hard delivery tries.
import { Type } from 'typebox';
import { count, ms, strict, strings } from '../fields.ts';

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

export const webhooks = Type.Object(
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
);
