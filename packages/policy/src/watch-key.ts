// Links viewer tokens to the watch key that they were made with: a token has the key's id and the start of the digest of its text, and edges
// compare both with the stored keys. This file reads only the scopes, expiry times and digests of a stored key, and never a key text.

/** A mark that tokens of a watch key may have. It is valid until `until` (milliseconds since 1970; undefined: until the key changes). */
export interface WatchMark {
  readonly mark: string;
  readonly until: number | undefined;
}

/** Hex digits of the digest in a mark. They reveal nothing of the key, which has 256 random bits. */
const markDigits = 16;

/** The claim `watch_key` of a token made with the key. `digest`: SHA-256 of the key text in hex. */
export function watchMark(id: string, digest: string): string {
  return `${id}.${digest.slice(0, markDigits)}`;
}

/** The marks of a stored key: two during a rotation, and none for a key that is not a watch key or is malformed. */
export function watchMarksOf(id: string, stored: string): readonly WatchMark[] {
  let key: { scopes?: unknown; expires_at?: unknown; secrets?: unknown } | null;
  try {
    key = JSON.parse(stored);
  } catch {
    // A malformed key is skipped here without a log line, because the api logs it.
    return [];
  }
  if (!Array.isArray(key?.scopes) || !key.scopes.includes('watch') || !Array.isArray(key.secrets)) return [];
  const endsAt = timeOf(key.expires_at);
  return (key.secrets as readonly { hash?: unknown; until?: unknown }[]).flatMap(({ hash, until }) => {
    if (typeof hash !== 'string') return [];
    const ends = Math.min(endsAt, timeOf(until));
    return [{ mark: watchMark(id, hash), until: Number.isFinite(ends) ? ends : undefined }];
  });
}

function timeOf(value: unknown): number {
  return typeof value === 'number' ? value : Number.POSITIVE_INFINITY;
}
