// The stored form of an API key created at run time: hashes of the key texts and encrypted signing secrets. Refuses a malformed record.
import { randomBytes } from 'node:crypto';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { type ApiKey, digestOf, type ExpiringSecret } from './api-key.ts';
import { type Scope, scopeNames } from './scopes.ts';
import type { Seal } from './seal.ts';

const storedSecret = Type.Object({
  /** SHA-256 of the key text, in hex. */
  hash: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  /** The signing secret, encrypted. */
  sealed: Type.String(),
  until: Type.Optional(Type.Integer()),
});

const storedKey = Type.Object({
  scopes: Type.Array(Type.Unsafe<Scope>(Type.Union(scopeNames.map((name) => Type.Literal(name)))), { minItems: 1 }),
  rooms: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  signed_only: Type.Optional(Type.Boolean()),
  created_at: Type.Integer(),
  expires_at: Type.Optional(Type.Integer()),
  /** Newest first. */
  secrets: Type.Array(storedSecret, { minItems: 1 }),
});
const check = Compile(storedKey);

export type StoredSecret = Static<typeof storedSecret>;
export type StoredKey = Static<typeof storedKey>;

/** A new key text and signing secret. The owner sees them once; the store never has them in clear text. */
export interface NewSecret {
  readonly key: string;
  readonly signingSecret: string;
}

export function newSecret(): NewSecret {
  return { key: `dmx_${randomBytes(32).toString('base64url')}`, signingSecret: `dms_${randomBytes(32).toString('base64url')}` };
}

export function storedSecretOf({ key, signingSecret }: NewSecret, id: string, seal: Seal): StoredSecret {
  return { hash: digestOf(key).toString('hex'), sealed: seal.close(signingSecret, id) };
}

/** Null when the record is malformed. */
export function readStoredKey(text: string): StoredKey | null {
  try {
    const value: unknown = JSON.parse(text);
    return check.Check(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * Converts a stored key to the key that requests are checked with. Omits a signing secret that cannot be decrypted because
 * viewer.token_secret has changed; the bare key still works.
 */
export function apiKeyOf(id: string, stored: StoredKey, seal: Seal): ApiKey {
  const { scopes, rooms, signed_only: signedOnly = false, created_at: createdAt, expires_at: expiresAt, secrets } = stored;
  const signingSecrets = secrets.flatMap(({ sealed, until }): ExpiringSecret<string>[] => {
    const secret = seal.open(sealed, id);
    return secret === null ? [] : [{ secret, ...(until === undefined ? {} : { until }) }];
  });
  return {
    id,
    scopes,
    ...(rooms ? { rooms } : {}),
    signedOnly,
    source: 'store',
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    digests: secrets.map(({ hash, until }) => ({ secret: Buffer.from(hash, 'hex'), ...(until === undefined ? {} : { until }) })),
    signingSecrets,
  };
}
