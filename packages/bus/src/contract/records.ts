// The contract of records: small tables on which every process must agree (mutes, a room's modes, word lists, API keys), changed
// seldom and followed by every process. Not for messages, and not for anything that grows with the number of viewers.
import type { Subscription } from './subscription.ts';

export interface RecordField {
  /** Any text of at most 64 KiB, JSON by custom. */
  readonly value: string;
  /** When the field ends by itself, milliseconds since 1970; absent: never. */
  readonly until?: number;
}

export interface RecordState {
  /**
   * Grows with every change; in Redis it is the store's time in milliseconds, so that a store that went back never gives a version twice. A
   * record without fields is removed after an hour. It then has version 0, like one that never existed, and later begins above every
   * version it had.
   */
  readonly version: number;
  readonly fields: ReadonlyMap<string, RecordField>;
}

export interface RecordChange {
  readonly record: string;
  /** The record's version after this change. */
  readonly version: number;
  /** Its version before; 0 when the record did not exist. */
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
 * A record's name is `room:ROOM` or any other text without spaces. Fields that ended are never returned; later changes and `Bus.sweep` remove
 * them without a change of version.
 *
 * Order: watchers get the changes of one record in the order of their versions. Nothing is promised between records.
 *
 * Atomicity: one `set` is one step with one version, however many fields it has; watchers get it as one change.
 *
 * Loss: changes made while the connection was away are missing, and `resumed` reports it: compare versions and read again. A store that went
 * back has older fields; because no version is given twice, a follower sees the difference. A change that rejects with `unavailable` may
 * have been made.
 */
export interface Records {
  get(record: string): Promise<RecordState>;
  /** The version alone: cheap, however large the record is. */
  version(record: string): Promise<number>;
  /** Sets fields, and removes those given as null; returns the new version. Rejects with `too_large` on a value over 64 KiB. */
  set(record: string, fields: ReadonlyMap<string, RecordField | null>): Promise<number>;
  /** The same if the record has this version; else null, and nothing is changed. */
  setIf(record: string, version: number, fields: ReadonlyMap<string, RecordField | null>): Promise<number | null>;
  /** Up to `limit` fields whose names begin with `prefix`, in the byte order of their names, after the name `cursor`. */
  page(record: string, prefix: string, cursor: string | undefined, limit: number): Promise<RecordPage>;
  /** Delivers every change of every record, from the moment it resolves. */
  watch(watcher: RecordWatcher): Promise<Subscription>;
}
