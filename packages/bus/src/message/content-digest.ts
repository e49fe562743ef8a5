// A short digest of a message's type, data and sender id, so that the store can distinguish a repeated message from a different message with the same
// id. The order of fields does not matter. Profile fields of the sender and options such as `expires_at` are ignored, because a retry may compute
// them again with other values.
import { createHash } from 'node:crypto';
import type { From } from '@danmux/protocol';
import { JsonNumber, toJson } from '@danmux/runtime';

/**
 * Length of a digest in characters: long enough that two different messages do not get the same digest by accident, and short enough to store with
 * each dedupe key.
 */
const characters = 11;

export interface Content {
  readonly type: string;
  readonly data: unknown;
  readonly from?: From | undefined;
}

/** Returns 66 bits in base64url. Never change how they are computed: processes of two versions compare their digests during an upgrade. */
export function contentDigest({ type, data, from }: Content): string {
  const text = toJson([type, sorted(data ?? null), from?.id ?? null]);
  return createHash('sha256').update(text).digest('base64url').slice(0, characters);
}

/** Returns the value with the fields of every object sorted by name. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof JsonNumber) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = Object.entries(value).map(([name, field]) => [name, sorted(field)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}
