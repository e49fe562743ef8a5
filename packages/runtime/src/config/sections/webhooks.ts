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
    connections: count(
      4_096,
      'Requests of one worker under way at once, over all targets; each is a socket. Lower it where the network limits sockets; many slow targets need more. 0 is not allowed.',
    ),
    target_connections: count(
      8,
      'Requests to one target under way at once, each of another room; fewer where webhooks.connections does not allow as many for every target. Raise it for a target that answers slowly and scales; 1 sends one event at a time. 0 is not allowed.',
    ),
    retry_for_ms: ms(
      86_400_000,
      'An event that failed for this long becomes a dead letter. Set it to the longest outage of a target to bridge; webhooks.log_events must hold the events of that time. 0 is not allowed.',
    ),
    max_wait_ms: ms(60_000, 'Longest wait between two tries.'),
    vacated_after_ms: ms(5_000, 'A room is vacated when nobody came back for so long.'),
    log_events: count(
      20_000,
      'Events a shard keeps for webhooks and the archive; past it the oldest are dropped and counted. Raise it to bridge longer outages of targets. An event has at most about 64 KiB, so 20,000 are 1.3 GB of the store per shard at the very worst. 0 is not allowed.',
    ),
    dead_letters: count(10_000, 'Dead letters kept; past it the oldest go.'),
  },
  strict,
);
