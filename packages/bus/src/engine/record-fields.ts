// Rules of records that both engines share: valid record names and values, expiry of fields, and the order of field names.
import { DanmuxError } from '@danmux/protocol';
import type { RecordField } from '../contract/records.ts';

const valueBytes = 65_536;
/**
 * TTL of a record without fields, milliseconds. Versions are based on the time, and the TTL is far longer than the clock skew between a store and its
 * replica, so the first version after it is above all earlier ones.
 */
export const emptyRecordMs = 3_600_000;

/** Throws `too_large` for a value over 64 KiB and `internal` for an empty record name or one with white space. */
export function checkRecord(record: string, fields: ReadonlyMap<string, RecordField | null>): void {
  if (record === '' || /\s/.test(record))
    throw new DanmuxError('internal', { message: `"${record}" is not a valid record name: it is empty or contains white space.` });
  for (const [name, field] of fields) {
    if (field === null) continue;
    const size = Buffer.byteLength(field.value);
    if (size > valueBytes) throw new DanmuxError('too_large', { message: `field "${name}" of ${record} is ${size} bytes; at most ${valueBytes} are allowed.` });
  }
}

export function isInForce({ until }: RecordField, now: number): boolean {
  return until === undefined || until > now;
}

/** Compares field names by their UTF-8 bytes, as Redis sorts them. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
