// FNV-1a, 32 bits, over the UTF-16 code units of a text (equal to its bytes for ASCII). Shards, member lists and weights depend on it,
// and all processes of a cluster must agree: never change it.

/** Hash of the first `length` code units, an unsigned 32-bit integer. */
export function fnv1a(text: string, length = text.length): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
