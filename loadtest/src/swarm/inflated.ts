// Inflates frames without context takeover. All viewers of a room receive the same bytes, so the results for short payloads are cached.
import { inflateRawSync, constants as zlib } from 'node:zlib';

const syncTail = Buffer.from([0, 0, 0xff, 0xff]);
const remembered = new Map<string, string>();
const mostRemembered = 1_000;

export function inflate(payload: Buffer): string {
  return inflateRawSync(Buffer.concat([payload, syncTail]), { finishFlush: zlib.Z_SYNC_FLUSH }).toString('utf8');
}

export function inflateShort(payload: Buffer): string {
  const key = payload.toString('latin1');
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const text = inflate(payload);
  if (remembered.size >= mostRemembered) remembered.clear();
  remembered.set(key, text);
  return text;
}
