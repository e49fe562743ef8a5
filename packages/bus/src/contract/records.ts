// The contract of records: small tables that all processes share and watch, such as mutes, room modes, word lists and API keys. For rare
// changes; not for messages or for data that grows with the number of viewers.
import type { Subscription } from './subscription.ts';

/** The value of one field of a record, and when it expires. */
export interface RecordField {
  /** Any text of at most 64 KiB, usually JSON. */
  readonly value: string;
  /** Time at which the field expires, milliseconds since 1970; absent when it never does. */
  readonly until?: number;
}

/** A record at one moment, without expired fields. */
export interface RecordState {
  /**
   * Increases with every change. It is based on the time in milliseconds, so that a store restored from an older state does not reuse a
   * version. A record without fields is removed after an hour: its version is then 0, as if it never existed, and a later change gets
   * a version above all earlier ones.
   */
  readonly version: number;
  readonly fields: ReadonlyMap<string, RecordField>;
}

/** One change of a record. When `before` is not the last version seen, changes between them were missed. */
export interface RecordChange {
  readonly record: string;
  /** The record's version after this change. */
  readonly version: number;
  /** The record's version before this change; 0 when the record did not exist. */
  readonly before: number;
  /** Changed fields; null means removed. */
  readonly fields: ReadonlyMap<string, RecordField | null>;
}

/** Receives the changes of all records. The expiry of a field is not reported. */
export interface RecordWatcher {
  /** Called with each change, in version order per record. Changes may be missing after an outage: compare `before` with the last version. */
  changed(change: RecordChange): void;
  /** Called after a reconnect: changes may have been lost. Compare versions and read again. */
  resumed(): void;
}

/** One page of the fields of a record, in byte order of their names, without expired ones. */
export interface RecordPage {
  readonly fields: readonly (readonly [name: string, field: RecordField])[];
  /** Pass this cursor to get the next page; null on the last page. */
  readonly cursor: string | null;
}

/**
 * A record's name is `room:ROOM` or any other text without white space. Expired fields are never returned; later changes and `Bus.sweep` remove them
 * without a new version.
 *
 * Order: watchers get the changes of one record in version order. There is no order between records.
 *
 * Atomicity: one `set` is one step with one new version for all its fields; watchers get it as one change.
 *
 * Loss: watchers miss changes made while disconnected, and `resumed` reports it: compare versions and read again. A store restored from an older
 * state has older fields; no version is reused, so a watcher detects this by comparing versions. A change that rejects with `unavailable` may have
 * been made.
 */
export interface Records {
  /** Reads a record; a record that does not exist has version 0 and no fields. */
  get(record: string): Promise<RecordState>;
  /** Reads only the version: cheap for a record of any size. */
  version(record: string): Promise<number>;
  /** Sets fields and removes those given as null; returns the new version. Rejects with `too_large` on a value over 64 KiB. */
  set(record: string, fields: ReadonlyMap<string, RecordField | null>): Promise<number>;
  /** Like `set` when the record has this version; otherwise changes nothing and returns null. */
  setIf(record: string, version: number, fields: ReadonlyMap<string, RecordField | null>): Promise<number | null>;
  /** Returns up to `limit` fields whose names begin with `prefix`, after the name `cursor`, in byte order of the names. */
  page(record: string, prefix: string, cursor: string | undefined, limit: number): Promise<RecordPage>;
  /** Resolves when the watcher is active: it gets all later changes of all records. */
  watch(watcher: RecordWatcher): Promise<Subscription>;
}
