// Records in memory. Watchers get changes in a later turn of the event loop, in the order in which they were made.
import type { Runtime } from '@danmux/runtime';
import type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from '../contract/records.ts';
import { checkRecord, compareNames, emptyRecordMs, isInForce } from '../engine/record-fields.ts';
import { Deliveries } from './deliveries.ts';

interface StoredRecord {
  version: number;
  /** Time at which the record lost its last field, milliseconds since 1970; undefined while it has fields. */
  emptySince: number | undefined;
  readonly fields: Map<string, RecordField>;
}

export class MemoryRecords implements Records {
  readonly #runtime: Runtime;
  readonly #records = new Map<string, StoredRecord>();
  readonly #changes: Deliveries<RecordChange>;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#changes = new Deliveries(runtime);
  }

  async get(record: string): Promise<RecordState> {
    return { version: this.#version(record), fields: new Map(this.#inForce(record)) };
  }

  async version(record: string): Promise<number> {
    return this.#version(record);
  }

  async set(record: string, fields: ReadonlyMap<string, RecordField | null>): Promise<number> {
    checkRecord(record, fields);
    const now = this.#runtime.clock.now();
    const known = this.#known(record);
    const stored: StoredRecord = known ?? { version: Math.max(1, now) - 1, emptySince: undefined, fields: new Map() };
    this.#records.set(record, stored);
    this.#forgetEnded(stored, now);
    for (const [name, field] of fields) {
      if (field) stored.fields.set(name, { ...field });
      else stored.fields.delete(name);
    }
    const before = known?.version ?? 0;
    stored.version++;
    stored.emptySince = stored.fields.size === 0 ? now : undefined;
    this.#changes.publish('', { record, version: stored.version, before, fields: new Map(fields) });
    return stored.version;
  }

  async setIf(record: string, version: number, fields: ReadonlyMap<string, RecordField | null>): Promise<number | null> {
    checkRecord(record, fields);
    return this.#version(record) === version ? this.set(record, fields) : null;
  }

  async page(record: string, prefix: string, cursor: string | undefined, limit: number): Promise<RecordPage> {
    const found = this.#inForce(record)
      .filter(([name]) => name.startsWith(prefix) && (cursor === undefined || compareNames(name, cursor) > 0))
      .sort(([a], [b]) => compareNames(a, b));
    const fields = found.slice(0, limit);
    return { fields, cursor: found.length > limit ? (fields.at(-1)?.[0] ?? null) : null };
  }

  async watch(watcher: RecordWatcher): Promise<{ close(): Promise<void> }> {
    return this.#changes.open('', (change) => watcher.changed(change));
  }

  sweep(): void {
    const now = this.#runtime.clock.now();
    for (const [record, stored] of this.#records) {
      this.#forgetEnded(stored, now);
      if (!this.#known(record)) this.#records.delete(record);
    }
  }

  clear(): void {
    this.#records.clear();
  }

  #version(record: string): number {
    return this.#known(record)?.version ?? 0;
  }

  #inForce(record: string): [string, RecordField][] {
    const now = this.#runtime.clock.now();
    return [...(this.#records.get(record)?.fields ?? [])].filter(([, field]) => isInForce(field, now));
  }

  /** The record, or undefined when it does not exist or has had no fields for `emptyRecordMs`. */
  #known(record: string): StoredRecord | undefined {
    const stored = this.#records.get(record);
    const ended = stored?.emptySince !== undefined && this.#runtime.clock.now() - stored.emptySince >= emptyRecordMs;
    return ended ? undefined : stored;
  }

  #forgetEnded(stored: StoredRecord, now: number): void {
    const { fields } = stored;
    for (const [name, field] of fields) if (!isInForce(field, now)) fields.delete(name);
    if (fields.size === 0) stored.emptySince ??= now;
  }
}
