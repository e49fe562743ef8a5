// How far a consumer of the event log has come in a shard: one record a consumer and shard. Cursors only say what need not be read
// again; a consumer that dies before it wrote its own reads some events twice.
import type { Records } from '@danmux/bus';

export interface ConsumerCursor {
  /** The last entry that is done with; absent before the first. */
  readonly entry?: string;
  /** What the consumer must know to go on within what it began, as JSON. */
  readonly begun?: string;
  /** The record's, for `writeCursor`. */
  readonly version: number;
}

/** Webhook targets have places of their own. */
export type Consumer = 'archive';

export async function readCursor(records: Records, consumer: Consumer, shard: number): Promise<ConsumerCursor> {
  const { version, fields } = await records.get(recordOf(consumer, shard));
  const entry = fields.get('entry')?.value;
  const begun = fields.get('begun')?.value;
  return { version, ...(entry === undefined ? {} : { entry }), ...(begun === undefined ? {} : { begun }) };
}

/** Null when somebody else wrote since it was read: another worker has taken over. */
export async function writeCursor(
  records: Records,
  consumer: Consumer,
  shard: number,
  { entry, begun, version }: ConsumerCursor,
): Promise<ConsumerCursor | null> {
  const value = (text: string | undefined) => (text === undefined ? null : { value: text });
  const fields = new Map([
    ['entry', value(entry)],
    ['begun', value(begun)],
  ]);
  const written = await records.setIf(recordOf(consumer, shard), version, fields);
  if (written === null) return null;
  return { version: written, ...(entry === undefined ? {} : { entry }), ...(begun === undefined ? {} : { begun }) };
}

function recordOf(consumer: Consumer, shard: number): string {
  return `cursor:${consumer}:${shard}`;
}
