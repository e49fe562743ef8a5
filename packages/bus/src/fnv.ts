// FNV-1a, 32 bits, over the UTF-16 units of a text (its bytes when it is ASCII). Shards, member lists and weights hang on it in
// every process of a cluster, so it stays what it is.

/** Looks at the first `length` units. */
export function fnv1a(text: string, length = text.length): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
