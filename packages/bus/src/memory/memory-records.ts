// Records in memory. Changes are told by a later turn of the event loop, in the order they were made.
import type { Runtime } from '@danmux/runtime';
import { checkRecord, compareNames, isInForce } from '../record-fields.ts';
import type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from '../records.ts';
import { Deliveries } from './deliveries.ts';

interface StoredRecord {
  version: number;
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
    const stored = this.#records.get(record) ?? { version: 0, fields: new Map() };
    this.#records.set(record, stored);
    this.#forgetEnded(stored);
    for (const [name, field] of fields) {
      if (field) stored.fields.set(name, { ...field });
      else stored.fields.delete(name);
    }
    stored.version++;
    this.#changes.publish('', { record, version: stored.version, fields: new Map(fields) });
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
    for (const stored of this.#records.values()) this.#forgetEnded(stored);
  }

  clear(): void {
    this.#records.clear();
  }

  #version(record: string): number {
    return this.#records.get(record)?.version ?? 0;
  }

  #inForce(record: string): [string, RecordField][] {
    const now = this.#runtime.clock.now();
    return [...(this.#records.get(record)?.fields ?? [])].filter(([, field]) => isInForce(field, now));
  }

  #forgetEnded({ fields }: StoredRecord): void {
    const now = this.#runtime.clock.now();
    for (const [name, field] of fields) if (!isInForce(field, now)) fields.delete(name);
  }
}
