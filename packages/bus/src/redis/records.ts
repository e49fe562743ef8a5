// Records in Redis: one hash per record, and a sorted set of its field names for paging. Records of a room are in the slot of its shard,
// all others share one slot. The script that makes a change publishes it on the slot's channel.
import type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from '../contract/records.ts';
import { groupBy } from '../engine/group-by.ts';
import { checkRecord, emptyRecordMs, isInForce } from '../engine/record-fields.ts';
import type { RecordSlot } from './keys.ts';
import type { RedisParts } from './parts.ts';
import { recordsPage, recordsSet, recordsSweep } from './script/records.ts';

type Fields = ReadonlyMap<string, RecordField | null>;

/** Largest number of expired fields that one query of a sweep returns. */
const sweepChunk = 500;

export class RedisRecords implements Records {
  readonly #parts: RedisParts;

  constructor(parts: RedisParts) {
    this.#parts = parts;
  }

  async get(record: string): Promise<RecordState> {
    const { v = '0', ...stored } = await this.#parts.store.ask((redis) => redis.hgetall(this.#slotOf(record).record(record)));
    const now = this.#parts.runtime.clock.now();
    const fields = Object.entries(stored).map(([name, text]): [string, RecordField] => [name.slice(1), decodeField(text)]);
    return { version: Number(v), fields: new Map(fields.filter(([, field]) => isInForce(field, now))) };
  }

  async version(record: string): Promise<number> {
    return Number(await this.#parts.store.ask((redis) => redis.hget(this.#slotOf(record).record(record), 'v')));
  }

  set(record: string, fields: Fields): Promise<number> {
    return this.#set(record, '', fields);
  }

  async setIf(record: string, version: number, fields: Fields): Promise<number | null> {
    return (await this.#set(record, version, fields)) || null;
  }

  async #set(record: string, version: number | '', fields: Fields): Promise<number> {
    checkRecord(record, fields);
    const slot = this.#slotOf(record);
    const answer = await this.#parts.store.run(recordsSet, {
      record: slot.record(record),
      names: slot.names(record),
      ends: slot.ends,
      recordName: record,
      expectedVersion: version,
      nowMs: this.#parts.runtime.clock.now(),
      publishCommand: this.#parts.store.publishCommand,
      channel: slot.changes,
      change: JSON.stringify([record, ...fields]),
      emptyTtlMs: emptyRecordMs,
      fields: [...fields],
    });
    return Number(answer);
  }

  async page(record: string, prefix: string, cursor: string | undefined, limit: number): Promise<RecordPage> {
    const slot = this.#slotOf(record);
    const [more, ...rows] = (await this.#parts.store.run(recordsPage, {
      record: slot.record(record),
      names: slot.names(record),
      prefix,
      hasCursor: cursor === undefined ? 0 : 1,
      cursor: cursor ?? '',
      limit,
      nowMs: this.#parts.runtime.clock.now(),
    })) as string[];
    const fields = Array.from({ length: rows.length / 2 }, (_, index): [string, RecordField] => [
      rows[2 * index] ?? '',
      decodeField(rows[2 * index + 1] ?? ''),
    ]);
    return { fields, cursor: more === '1' ? (fields.at(-1)?.[0] ?? null) : null };
  }

  async watch(watcher: RecordWatcher): Promise<{ close(): Promise<void> }> {
    let scheduled = false;
    const resumed = () => {
      if (scheduled) return;
      scheduled = true;
      // After a reconnect all channels resume in the same turn of the event loop; the watcher gets a single call for all of them.
      queueMicrotask(() => {
        scheduled = false;
        watcher.resumed();
      });
    };
    return this.#parts.channels.openEach(
      this.#parts.store.keys.recordSlots.map(({ changes }) => changes),
      () => ({ message: (text) => watcher.changed(decodeChange(text)), resumed }),
    );
  }

  /** Removes expired fields of all records. */
  async sweep(): Promise<void> {
    for (const slot of this.#parts.store.keys.recordSlots) {
      for (;;) {
        const now = this.#parts.runtime.clock.now();
        const ended = await this.#parts.store.ask((redis) => redis.zrangebyscore(slot.ends, '-inf', now, 'LIMIT', 0, sweepChunk));
        for (const [record, members] of groupBy(ended, (member) => member.slice(0, member.indexOf(' ')))) {
          await this.#parts.store.run(recordsSweep, {
            record: slot.record(record),
            names: slot.names(record),
            ends: slot.ends,
            recordName: record,
            nowMs: now,
            emptyTtlMs: emptyRecordMs,
            fieldNames: members.map((member) => member.slice(record.length + 1)),
          });
        }
        if (ended.length < sweepChunk) break;
      }
    }
  }

  #slotOf(record: string): RecordSlot {
    return record.startsWith('room:') ? this.#parts.store.of(record.slice(5)).records : this.#parts.store.keys.otherRecords;
  }
}

function decodeField(text: string): RecordField {
  const end = text.indexOf(' ');
  const until = Number(text.slice(0, end));
  return { value: text.slice(end + 1), ...(until === 0 ? {} : { until }) };
}

/** Decodes a published change: `VERSION/BEFORE [RECORD, [NAME, FIELD], …]`. */
function decodeChange(text: string): RecordChange {
  const end = text.indexOf(' ');
  const [version = 0, before = version - 1] = text.slice(0, end).split('/').map(Number);
  const [record, ...fields] = JSON.parse(text.slice(end + 1)) as [string, ...[string, RecordField | null][]];
  return { record, version, before, fields: new Map(fields) };
}
