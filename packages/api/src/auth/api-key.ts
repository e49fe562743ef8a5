// An API key: its permissions and its secrets. The key text is kept only as a SHA-256 digest; signing secrets are kept in clear text in
// memory, because an HMAC needs them.
import { createHash } from 'node:crypto';
import type { Scope } from './scopes.ts';

export interface ApiKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Room names or `prefix*` patterns; absent: every room. */
  readonly rooms?: readonly string[];
  /** True: every request must be signed, and the bare key is refused. */
  readonly signedOnly: boolean;
  readonly source: 'config' | 'store';
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  /** Milliseconds since 1970; absent: never. */
  readonly expiresAt?: number;
  /** SHA-256 of each valid key text. A stored key has two during a rotation; a key of the config can have several. */
  readonly digests: readonly ExpiringSecret<Buffer>[];
  readonly signingSecrets: readonly ExpiringSecret<string>[];
}

/** A secret that is valid until `until`, in milliseconds since 1970; without `until` it does not expire. */
export interface ExpiringSecret<T> {
  readonly secret: T;
  readonly until?: number;
}

export const keyIdPattern = '^[A-Za-z0-9_-]{1,32}$';

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

export function isLive({ until }: { readonly until?: number }, now: number): boolean {
  return until === undefined || until > now;
}
