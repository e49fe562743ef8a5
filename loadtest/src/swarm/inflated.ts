// Inflates frames that stand alone (no context is taken over). What a server sends to a whole room is the same for every viewer, so
// short payloads are inflated once and remembered.
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
