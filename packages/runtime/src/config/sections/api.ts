// Settings of the admin API, its keys, and the Pusher-compatible routes.
import { Type } from 'typebox';
import { count, ms, port, strict } from '../fields.ts';

const apiKey = Type.Object(
  {
    id: Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$' }),
    /** SHA-256 of the key in hex; during a rotation two hashes, one of the old key and one of the new key. A key that only signs has none. */
    hashes: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' }), { minItems: 1, maxItems: 2 })),
    /** HMAC keys for signed requests. */
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
    public_path: Type.String({
      default: '',
      pattern: '^(/[A-Za-z0-9._~-]+)*$',
      env: 'DANMUX_API_PUBLIC_PATH',
      description:
        'Path that a proxy removes before it forwards a request to the api, such as /danmux. Signed requests cover the path as the client sends it; with this setting both forms are accepted. Empty: no proxy removes a path.',
    }),
    key: Type.String({
      default: '',
      env: 'DANMUX_API_KEY',
      secret: true,
      description:
        'One API key in plain text, at least 32 characters. Generated at the first start in development; production requires this setting, api.key_hashes or api.keys.',
    }),
    key_hashes: Type.Array(Type.String({ pattern: '^[0-9a-f]{64}$' }), { default: [], description: 'SHA-256 hashes of additional API keys, in hex.' }),
    keys: Type.Array(apiKey, {
      default: [],
      description:
        'API keys restricted to scopes (publish, moderate, read, admin) and rooms (exact names or `prefix*`). `signing_secrets` are the HMAC keys for signed requests; a key that only signs needs no `hashes`; `signed_only` refuses unsigned requests. /v1/keys creates more keys at run time.',
    }),
    signature_window_ms: ms(
      300_000,
      'Maximum difference between the timestamp of a signed request and the server time; a nonce is remembered for twice this time.',
    ),
    demo: Type.Boolean({
      default: false,
      env: 'DANMUX_DEMO',
      description: 'Serves /demo/, which issues viewer tokens to everyone; for development only.',
    }),
    per_minute: count(
      60_000,
      'Requests per minute and API key; more are refused with 429 rate_limited. A batch counts as one request. Lower it when one backend could starve others. 0 is not allowed.',
    ),
    audit_entries: count(
      100_000,
      'Rows kept in the audit log; when full, the oldest row is dropped. Rows use memory of the store: export the log to keep rows longer. 0 is not allowed.',
    ),
    idempotency_ttl_ms: ms(3_600_000, 'How long the reply to an Idempotency-Key is stored; a longer time uses more memory of the store (docs/operations.md).'),
    drain_ms: ms(
      1_000,
      'How long a draining api serves open connections before it closes them. Set it above the duration of the slowest request; it adds to the time of a deployment. 0 closes them immediately.',
      0,
    ),
  },
  { ...strict, compared: ['api'] },
);

export const pusher = Type.Object(
  {
    app_id: Type.String({ default: '', env: 'DANMUX_PUSHER_APP_ID', description: 'App id of the Pusher-compatible routes; empty disables these routes.' }),
    key: Type.String({ default: '', env: 'DANMUX_PUSHER_KEY', description: 'Key of the Pusher app.' }),
    secret: Type.String({ default: '', env: 'DANMUX_PUSHER_SECRET', secret: true, description: 'Secret of the Pusher app, at least 32 characters.' }),
    colon: Type.Union([Type.Literal('='), Type.Literal(','), Type.Literal(';'), Type.Literal('')], {
      default: '=',
      description:
        "Character that stands for `:` in the names of channels, because Pusher's libraries refuse `:`. The room live:1001 is the channel live=1001. No room name contains these characters, so the names are unambiguous. Empty: no replacement.",
    }),
  },
  { ...strict, compared: ['api'] },
);
