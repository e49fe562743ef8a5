// A short digest of a message's type, data and sender id, by which the store tells a repeated message from another one with the same id. The
// order of fields does not matter. Profile fields of the sender and options such as `expires_at` do not count: a retry may compute them anew.
import { createHash } from 'node:crypto';
import type { From } from '@danmux/protocol';
import { JsonNumber, toJson } from '@danmux/runtime';

/** Two messages of one id do not collide by accident, and the dedupe key of each message stays short. */
const characters = 11;

export interface Content {
  readonly type: string;
  readonly data: unknown;
  readonly from?: From | undefined;
}

/** 66 bits in base64url. Never change it: processes of two versions compare their digests during an upgrade. */
export function contentDigest({ type, data, from }: Content): string {
  const text = toJson([type, sorted(data ?? null), from?.id ?? null]);
  return createHash('sha256').update(text).digest('base64url').slice(0, characters);
}

/** The value with the fields of every object in one order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
