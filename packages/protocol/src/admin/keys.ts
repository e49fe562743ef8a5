// API keys as the admin API makes and shows them. A key's text and its signing secret are answered once, when they are made.
import { type Static, Type } from 'typebox';
import { instant, roomRule, strict } from './fields.ts';

const scopes = ['publish', 'moderate', 'read', 'admin'] as const;
const scopeList = Type.Array(Type.Unsafe<(typeof scopes)[number]>(Type.Union(scopes.map((scope) => Type.Literal(scope)))), {
  minItems: 1,
  maxItems: scopes.length,
  description: 'publish, moderate, read; admin is all of them and more',
});
const rooms = Type.Array(roomRule, { minItems: 1, maxItems: 64, description: 'Exact names, or prefixes that end in *; absent allows every room' });

export const keyId = Type.String({ pattern: '^[A-Za-z0-9_-]{1,32}$', description: 'Names the key in signatures, lists and the audit log' });

export const keyRequest = Type.Object(
  {
    id: keyId,
    scopes: scopeList,
    rooms: Type.Optional(rooms),
    signed_only: Type.Optional(Type.Boolean({ description: 'Its requests must be signed; the bare key opens nothing' })),
    expires_at: Type.Optional(instant('When it ends by itself')),
  },
  strict,
);

export const keySecretReply = Type.Object({
  id: Type.String(),
  key: Type.String({ description: 'The key; it is not told again' }),
  signing_secret: Type.String({ description: 'For signed mode: the HMAC key, as it stands; it is not told again' }),
});

export const keyRotateRequest = Type.Object(
  { grace_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: 30 * 86_400_000, default: 3_600_000, description: 'How long the old secret still works' })) },
  strict,
);
export const keyRotateReply = Type.Object({ ...keySecretReply.properties, old_until: instant('When the old secret ends') });

const keyRow = Type.Object({
  id: Type.String(),
  scopes: Type.Array(Type.String()),
  rooms: Type.Optional(Type.Array(Type.String())),
  signed_only: Type.Boolean(),
  source: Type.String({ description: 'config, or store when it was made here' }),
  created_at: Type.Optional(instant('When it was made')),
  expires_at: Type.Optional(instant('When it ends')),
  old_until: Type.Optional(instant('When the secret that was rotated out ends')),
  last_used_at: Type.Union([Type.Integer(), Type.Null()], { description: 'To the hour; milliseconds since 1970' }),
});
export const keysReply = Type.Object({ keys: Type.Array(keyRow, { description: 'Those of the config first' }) });

/** What a key may learn of itself. */
export const keySelfReply = Type.Object({ ...keyRow.properties, signed: Type.Boolean({ description: 'This request was signed' }) });
export const keySelfExample = {
  ...{ id: 'shop', scopes: ['publish', 'read'], rooms: ['live:*'], signed_only: false, source: 'store' },
  ...{ created_at: 1_767_225_600_000, last_used_at: 1_767_225_600_000, signed: false },
};

export const keyRemoveReply = Type.Object({ id: Type.String(), removed: Type.Literal(true) });

export type KeyRequest = Static<typeof keyRequest>;
export type KeySelfReply = Static<typeof keySelfReply>;
export type KeysReply = Static<typeof keysReply>;
