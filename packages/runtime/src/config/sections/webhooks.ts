// Settings of webhooks: targets, limits of delivery and retries.
import { Type } from 'typebox';
import { compared, count, everyRole, ms, strict, strings } from '../fields.ts';

const webhookTarget = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    url: Type.String({ pattern: '^https?://' }),
    /** One secret, or a list of two during a rotation, with the new one first. */
    secret: Type.Union([Type.String({ minLength: 24 }), Type.Array(Type.String({ minLength: 24 }), { minItems: 1, maxItems: 2 })], { secret: true }),
    events: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
    rooms: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 128 }), { minItems: 1 })),
  },
  strict,
);

export const webhooks = Type.Object(
  {
    targets: Type.Array(webhookTarget, {
      compared: everyRole,
      default: [],
      description:
        'Targets of webhook events. Fields: `id`; `url`; `secret` (whsec_ and base64; during a rotation a list of two, the new one first); `events` (default all); `rooms` (exact names or `prefix*`, default all).',
    }),
    url: Type.String({
      default: '',
      compared: everyRole,
      sensitive: true,
      env: 'DANMUX_WEBHOOK_URL',
      description: 'URL of an additional target for all events; its id is `default`.',
    }),
    secret: Type.String({
      default: '',
      env: 'DANMUX_WEBHOOK_SECRET',
      compared: ['api', 'worker'],
      secret: true,
      description: 'Secret of the target webhooks.url; during a rotation two secrets separated by a space, the new one first.',
    }),
    allow_http: Type.Boolean({ default: false, description: 'Allows http:// targets, for development and private networks.' }),
    allow_addresses: compared(
      strings([], 'Private address ranges (CIDR) to which targets may resolve. All other private, loopback and link-local addresses are refused.'),
      ['edge', 'api', 'worker'],
      'per_role',
    ),
    proxy: Type.String({
      default: '',
      env: 'HTTPS_PROXY',
      secret: true,
      description:
        'HTTP proxy (http:// or https://, with user:password@ if it requires them) through which targets are reached with CONNECT. The address of a target is resolved and checked here, and the proxy gets the checked address. Read only when there is a target.',
    }),
    no_proxy: Type.Array(Type.String({ minLength: 1, maxLength: 512 }), {
      default: [],
      env: 'NO_PROXY',
      description:
        'Targets that are reached without the proxy: names with their subdomains, addresses, ranges (CIDR), each with :port if only that one; * for all.',
    }),
    timeout_ms: ms(10_000, 'Timeout of one request to a target.'),
    connections: compared(
      count(
        4_096,
        'Concurrent requests of one worker over all targets; each uses a socket. Lower it where the network limits sockets; raise it for many slow targets. 0 is not allowed.',
      ),
      [],
    ),
    target_connections: count(
      8,
      'Concurrent requests to one target, each for a different room; fewer if webhooks.connections does not allow as many for every target. Raise it for a slow target that scales; 1 sends one request at a time. 0 is not allowed.',
    ),
    retry_for_ms: ms(
      86_400_000,
      'An event whose delivery has failed for this time becomes a dead letter. Set it to the longest outage of a target to survive; webhooks.log_events must be large enough for the events of that time. 0 is not allowed.',
    ),
    max_wait_ms: ms(60_000, 'Longest wait between two delivery attempts.'),
    vacated_after_ms: ms(5_000, 'An empty room is reported as vacated when nobody joins within this time.'),
    log_events: compared(
      count(
        20_000,
        'Events kept per shard for webhooks and the archive; when full, the oldest event is dropped and counted. Raise it to survive longer outages of targets. An event has at most about 64 KiB, so 20,000 events use up to 1.3 GB of the store per shard. 0 is not allowed.',
      ),
      everyRole,
    ),
    dead_letters: compared(count(10_000, 'Maximum number of dead letters; when full, the oldest is dropped.'), ['api', 'worker']),
  },
  { ...strict, compared: ['worker'] },
);
