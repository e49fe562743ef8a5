// The admin API, its keys, and the Pusher-compatible routes.
import { Type } from 'typebox';
import { count, ms, port, strict } from '../fields.ts';

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

export const api = Type.Object(
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
    per_minute: count(
      60_000,
      'Requests one key may make per minute; more are 429 rate_limited. Lower it when one backend may starve others; a batch counts as one. 0 is not allowed.',
    ),
    audit_entries: count(
      100_000,
      'Rows of the audit log kept; past it the oldest are dropped. They stay in the memory of the store: export the log where rows must be kept longer. 0 is not allowed.',
    ),
    idempotency_ttl_ms: ms(3_600_000, 'How long the answer to an Idempotency-Key is kept; a longer time costs memory of the store (docs/operations.md).'),
    drain_ms: ms(
      1_000,
      'How long a draining api still answers on open connections before it closes them. Longer than the slowest request of your backends; it delays a deployment by as much. 0 closes them at once.',
      0,
    ),
  },
  strict,
);

export const pusher = Type.Object(
  {
    app_id: Type.String({ default: '', env: 'DANMUX_PUSHER_APP_ID', description: 'The app id of the Pusher-compatible routes; empty switches them off.' }),
    key: Type.String({ default: '', env: 'DANMUX_PUSHER_KEY', description: 'Its key.' }),
    secret: Type.String({ default: '', env: 'DANMUX_PUSHER_SECRET', secret: true, description: 'Its secret, at least 32 characters.' }),
  },
  strict,
);
