// The stored position of an event log consumer in a shard: one record per consumer and shard. A consumer that dies before it stored its cursor
// reads some events twice.
import type { Records } from '@danmux/bus';

/** The position up to which a consumer has processed the event log of a shard. */
export interface ConsumerCursor {
  /** The last processed entry; absent before the first. */
  readonly entry?: string;
  /** State of work in progress, as JSON, that only the consumer interprets. */
  readonly begun?: string;
  /** Record version to pass to `writeCursor`. */
  readonly version: number;
}

/** The consumers that use these cursors. Webhook targets do not: places.ts stores their positions. */
export type Consumer = 'archive';

/** Reads the cursor of a consumer in one shard. A consumer that never wrote has an empty one of version 0. */
export async function readCursor(records: Records, consumer: Consumer, shard: number): Promise<ConsumerCursor> {
  const { version, fields } = await records.get(recordOf(consumer, shard));
  const entry = fields.get('entry')?.value;
  const begun = fields.get('begun')?.value;
  return { version, ...(entry === undefined ? {} : { entry }), ...(begun === undefined ? {} : { begun }) };
}

/** Writes the cursor. Returns null when another worker has written it since this worker read it, and so has taken over. */
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
