// Reads one field of a record without the others.
import type { Bus, RecordField } from '@danmux/bus';

/** Null when the field is absent or expired. */
export async function findField({ records }: Pick<Bus, 'records'>, record: string, name: string): Promise<RecordField | null> {
  // A name sorts before every longer one that starts with it.
  const [first] = (await records.page(record, name, undefined, 1)).fields;
  return first?.[0] === name ? first[1] : null;
}
