// Reads one field of a record without loading the whole record.
import type { Bus, RecordField } from '@danmux/bus';

/** Null when the field is absent or expired. */
export async function findField({ records }: Pick<Bus, 'records'>, record: string, name: string): Promise<RecordField | null> {
  // If the field exists, it is the first one with the prefix `name`, because a name sorts before every longer name that begins with it.
  const [first] = (await records.page(record, name, undefined, 1)).fields;
  return first?.[0] === name ? first[1] : null;
}
