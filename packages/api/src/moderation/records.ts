// One field of a record, without reading the others.
import type { Bus, RecordField } from '@danmux/bus';

/** Null when it is not there, or has ended. */
export async function findField({ records }: Pick<Bus, 'records'>, record: string, name: string): Promise<RecordField | null> {
  // A name comes before every longer one that begins with it.
  const [first] = (await records.page(record, name, undefined, 1)).fields;
  return first?.[0] === name ? first[1] : null;
}
