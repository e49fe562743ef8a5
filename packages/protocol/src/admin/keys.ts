// Schemas of /v1/keys: creating, rotating, listing and removing API keys. The key and its signing secret appear only in the reply that
// creates or rotates them; they cannot be read later.
import { type Static, Type } from 'typebox';
import { instant, roomRule, strict } from './fields.ts';

const scopes = ['publish', 'moderate', 'read', 'admin', 'watch'] as const;
const scopeList = Type.Array(
  Type.Unsafe<(typeof scopes)[number]>(
    Type.Union(
      scopes.map((scope) => Type.Literal(scope)),
      { title: 'Scope' },
    ),
  ),
  {
    minItems: 1,
    maxItems: scopes.length,
    description:
      '`publish`, `moderate`, `read`; `admin` includes the others and the administration routes. `watch` stands alone, with exactly one room: such a key only gets tokens that watch this room',
  },
);
const rooms = Type.Array(roomRule, { minItems: 1, maxItems: 64, description: 'Exact names, or prefixes that end in `*`; absent: every room' });

export const keyId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$', description: 'Identifies the key in signatures, lists and the audit log' });

export const keyRequest = Type.Object(
  {
    id: Type.Optional(Type.String({ ...keyId, description: 'Identifies the key in signatures, lists and the audit log; made when absent' })),
    scopes: scopeList,
    rooms: Type.Optional(rooms),
    signed_only: Type.Optional(Type.Boolean({ description: 'Requests of this key must be signed; the plain key is refused' })),
    expires_at: Type.Optional(instant('When the key expires')),
  },
  { ...strict, title: 'KeyRequest' },
);

export const keySecretReply = Type.Object(
  {
    id: Type.String(),
    key: Type.String({ description: 'The API key; shown only in this reply' }),
    signing_secret: Type.String({ description: 'HMAC key for signed requests, used as text without decoding; shown only in this reply' }),
  },
  { title: 'KeySecret' },
);

export const keyRotateRequest = Type.Object(
  {
    grace_ms: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 30 * 86_400_000, default: 3_600_000, description: 'How long the old key and signing secret remain valid' }),
    ),
  },
  { ...strict, title: 'KeyRotation' },
);
export const keyRotateReply = Type.Object(
  { ...keySecretReply.properties, old_until: instant('When the old key and signing secret expire') },
  { title: 'RotatedKey' },
);

const keyRow = Type.Object(
  {
    id: Type.String(),
    scopes: Type.Array(Type.String()),
    rooms: Type.Optional(Type.Array(Type.String())),
    signed_only: Type.Boolean(),
    source: Type.String({ description: '`config` for a key of the config, `store` for a key created by POST /v1/keys' }),
    created_at: Type.Optional(instant('When the key was created')),
    expires_at: Type.Optional(instant('When the key expires')),
    old_until: Type.Optional(instant('When the key and signing secret replaced by a rotation expire')),
    last_used_at: Type.Union([Type.Integer(), Type.Null()], { description: 'Last use, to the hour; milliseconds since 1970; null when never used' }),
  },
  { title: 'ApiKey' },
);
export const keysReply = Type.Object({ keys: Type.Array(keyRow, { description: 'Keys of the config first' }) }, { title: 'KeyList' });

/** Reply of the route that shows the API key with which the request was made. */
export const keySelfReply = Type.Object(
  { ...keyRow.properties, signed: Type.Boolean({ description: 'Whether this request was signed' }) },
  { title: 'OwnKey' },
);
export const keySelfExample = {
  ...{ id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'], signed_only: false, source: 'store' },
  ...{ created_at: 1_767_225_600_000, last_used_at: 1_767_225_600_000, signed: false },
};

export const keyRemoveReply = Type.Object({ id: Type.String(), removed: Type.Literal(true) }, { title: 'RemovedKey' });

export type KeyRequest = Static<typeof keyRequest>;
export type KeySelfReply = Static<typeof keySelfReply>;
export type KeysReply = Static<typeof keysReply>;
