// Generates ids in ULID form: 10 characters of time and 16 random characters in Crockford's base 32, so that ids sort by creation time.
// Ids are not secret: never use one as a key or token.
import { randomFillSync } from 'node:crypto';

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const pool = new Uint8Array(1_024);
let used = pool.length;

/** A new id of 26 characters. `now` is in milliseconds since 1970. */
export function newId(now: number = Date.now()): string {
  let time = '';
  for (let rest = now, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) time = alphabet.charAt(rest % 32) + time;
  if (used + 16 > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  let chance = '';
  for (let i = 0; i < 16; i++) chance += alphabet.charAt((pool[used++] ?? 0) & 31);
  return time + chance;
}
