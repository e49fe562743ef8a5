// What both engines ask of a record's names and values, and which of its fields are in force.
import { DanmuxError } from '@danmux/protocol';
import type { RecordField } from '../contract/records.ts';

const valueBytes = 65_536;
/** A record without fields is kept for so long: far longer than the clocks of a store and its replica differ. */
export const emptyRecordMs = 3_600_000;

/** Throws `too_large`; and `internal` for a name that no record can have. */
export function checkRecord(record: string, fields: ReadonlyMap<string, RecordField | null>): void {
  if (record === '' || /\s/.test(record)) throw new DanmuxError('internal', { message: `"${record}" is not the name of a record.` });
  for (const [name, field] of fields) {
    if (field === null) continue;
    const size = Buffer.byteLength(field.value);
    if (size > valueBytes) throw new DanmuxError('too_large', { message: `field "${name}" of ${record} is ${size} bytes; at most ${valueBytes} are allowed.` });
  }
}

export function isInForce({ until }: RecordField, now: number): boolean {
  return until === undefined || until > now;
}

/** The order of pages: that of the names' bytes, as Redis sorts. */
export function compareNames(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
