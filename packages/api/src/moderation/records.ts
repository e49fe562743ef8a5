// Reads one field of a record without loading the whole record.
import type { Bus, RecordField } from '@danmux/bus';

/** Null when the field is absent or expired. */
export async function findField({ records }: Pick<Bus, 'records'>, record: string, name: string): Promise<RecordField | null> {
  // The first field with the prefix `name` is `name` itself if it exists: a name sorts before every longer name that it begins.
  const [first] = (await records.page(record, name, undefined, 1)).fields;
  return first?.[0] === name ? first[1] : null;
}
