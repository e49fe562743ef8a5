// Fingerprints message data, so that texts which look the same to a reader compare as equal.
import { fnv1a } from '@danmux/bus';
import { toJson } from '@danmux/runtime';

/** Short fingerprint of a message's data. Ignores character width, case, spaces and invisible characters. */
export function fingerprintOf(data: unknown): string {
  const text = toJson(data ?? null)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\\[nrt]|[\s\p{Cf}]/gu, '');
  return `${text.length}:${fnv1a(text)}`;
}
