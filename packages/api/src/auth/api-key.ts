// An API key as requests are checked against it: its permissions and its secrets. Keys are held as digests; signing secrets
// are held as they are, since an HMAC needs them.
import { createHash } from 'node:crypto';
import type { Scope } from './scopes.ts';

export interface ApiKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Exact names or `prefix*`; absent: every room. */
  readonly rooms?: readonly string[];
  /** Requests must be signed; the bare key is refused. */
  readonly signedOnly: boolean;
  readonly source: 'config' | 'store';
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  readonly expiresAt?: number;
  /** SHA-256 of the key; two during a rotation. */
  readonly digests: readonly Ending<Buffer>[];
  readonly signingSecrets: readonly Ending<string>[];
}

/** A secret and the end of its validity, milliseconds since 1970; absent: no end. */
export interface Ending<T> {
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
