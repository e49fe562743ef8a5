// A key as requests are checked against: what it may do, and the secrets that prove it. Only digests of keys are held; signing
// secrets must be, since a signature is made with them.
import { createHash } from 'node:crypto';
import type { Scope } from './scopes.ts';

export interface ApiKey {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Exact names or `prefix*`; absent: every room. */
  readonly rooms?: readonly string[];
  /** Its requests must be signed; the bare key opens nothing. */
  readonly signedOnly: boolean;
  readonly source: 'config' | 'store';
  /** Milliseconds since 1970. */
  readonly createdAt?: number;
  readonly expiresAt?: number;
  /** SHA-256 of the key; two while one is rotated out. */
  readonly digests: readonly Ending<Buffer>[];
  readonly signingSecrets: readonly Ending<string>[];
}

/** A secret and when it stops to be one, milliseconds since 1970; absent: never. */
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
