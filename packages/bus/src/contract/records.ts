// The contract of records: small tables that every process must agree on (who is muted, a room's modes, word lists, API keys),
// changed seldom and known everywhere at once. Not for messages and not for anything that grows with viewers.

export interface RecordField {
  /** Any text of at most 64 KiB, JSON by custom. */
  readonly value: string;
  /** When the field ends by itself, milliseconds since 1970; absent: never. */
  readonly until?: number;
}

export interface RecordState {
  /**
   * Grows with every change; in Redis to the store's time in milliseconds, so that a store that went back gives none a second time. A
   * record without fields ends after an hour: it has version 0, as one that never was, and begins again above every version it had.
   */
  readonly version: number;
  readonly fields: ReadonlyMap<string, RecordField>;
}

export interface RecordChange {
  readonly record: string;
  /** The record's version after this change. */
  readonly version: number;
  /** The one it had before; 0 of a record that was not there. */
  readonly before: number;
  /** Null: removed. */
  readonly fields: ReadonlyMap<string, RecordField | null>;
}

export interface RecordWatcher {
  /** Changes of one record come in the order of their versions; one may be missing after an outage: compare versions. */
  changed(change: RecordChange): void;
  /** The connection was away: changes may have been missed. */
  resumed(): void;
}

export interface RecordPage {
  readonly fields: readonly (readonly [name: string, field: RecordField])[];
  /** The last name of this page when more follow. */
  readonly cursor: string | null;
}

/**
 * A record's name is `room:ROOM` or any other text without spaces. Fields that ended are never returned, and are removed by later
 * changes and by `sweep` without a change of version. Rejects with `unavailable` as the bus does.
 */
export interface Records {
  get(record: string): Promise<RecordState>;
  /** The version alone, for little however much the record holds. */
  version(record: string): Promise<number>;
  /** Sets fields, or removes those given as null, in one step; returns the new version. All watchers of all processes are told. */
  set(record: string, fields: ReadonlyMap<string, RecordField | null>): Promise<number>;
  /** The same when the record has this version, else null and nothing happens. */
  setIf(record: string, version: number, fields: ReadonlyMap<string, RecordField | null>): Promise<number | null>;
  /** Fields whose names begin with `prefix`, by name, after `cursor`. */
  page(record: string, prefix: string, cursor: string | undefined, limit: number): Promise<RecordPage>;
  /** Is told of every change of every record from when it resolves on. */
  watch(watcher: RecordWatcher): Promise<{ close(): Promise<void> }>;
}
