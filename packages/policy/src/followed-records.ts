// Local copies of records, kept in sync with the store. A record is read when it is first needed and updated by change notifications. It is
// read again when a notification was missed: after a gap in the versions, after an outage, or when the version, checked every
// `cluster.recheck_ms`, differs. During an outage the last copy stays valid. The copies do not interpret their fields.
import type { Bus, RecordChange, RecordField, RecordState, RecordWatcher, Subscription } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import { Reading } from './reading.ts';

/** Parses the fields of followed records and gets their changes. */
export interface FieldReader<T> {
  /** Parses a field; must not throw. */
  read(record: string, name: string, value: string): T;
  /** Returns the text by which an old and a new value of a field are compared. If this method is absent, their whole texts are compared. */
  compared?(value: string): string;
  /** Called when a field was set, changed or removed (null). Not called when a field expires, nor for the first read. */
  changed?(record: string, name: string, now: Entry<T> | null, before: Entry<T> | null): void;
  /** Called after the first read of a record. */
  opened?(record: string): void;
}

/** One field in memory, with its parsed value. It may have expired: compare `until` with the clock. */
export interface Entry<T> {
  /** Expiry, milliseconds since 1970; undefined: never. */
  readonly until: number | undefined;
  readonly text: string;
  readonly value: T;
}

interface Followed<T> {
  users: number;
  version: number;
  /** Highest version seen in notifications since the last read began. */
  notified: number;
  /** Undefined before the first read. */
  entries: Map<string, Entry<T>> | undefined;
  opening: Promise<void> | undefined;
  forgotAt: number;
  /** Number of the turn, within each round of checks, in which this record's version is checked. */
  readonly turn: number;
}

/** Concurrent reads after an outage. */
const readsAtOnce = 32;
const forgetEveryMs = 60_000;
/** A round of version checks is split into this many turns, so that a thousand rooms are not checked in one burst. */
const turns = 30;

/**
 * Follows many records field by field, each record from the first `hold` or `keep` to the last `leave`. `get` and `entries` read from memory. A
 * change by another process arrives as a notification. If the notification is lost, the next version check finds the change.
 */
export class FollowedRecords<T> implements Part, RecordWatcher {
  readonly name = 'followed-records';
  readonly #runtime: Runtime;
  readonly #records: Bus['records'];
  readonly #reader: FieldReader<T>;
  readonly #followed = new Map<string, Followed<T>>();
  readonly #stale = new Set<string>();
  readonly #reading: Reading;
  readonly #rounds: Reading;
  #watch: Promise<Pick<Subscription, 'close'>> | undefined;
  #added = Math.floor(Math.random() * turns);
  #turn = 0;

  constructor(runtime: Runtime, { records }: Pick<Bus, 'records'>, reader: FieldReader<T>) {
    this.#runtime = runtime;
    this.#records = records;
    this.#reader = reader;
    const failed = (error: unknown) => this.#failed(error);
    this.#reading = new Reading({ read: () => this.#readStale(), failed });
    this.#rounds = new Reading({ read: () => this.#lookAtSome(), failed });
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await Promise.all([this.#rounds.stop(), this.#reading.stop()]);
    const watch = await this.#watch?.catch(() => undefined);
    this.#watch = undefined;
    await watch?.close();
  }

  /** Follows a record until `leave` or `stop`, even if it cannot be read now. Resolves after the first attempt to read it. */
  async keep(record: string): Promise<void> {
    const followed = this.#followed.get(record) ?? this.#add(record);
    followed.users++;
    await this.#readAgain(record);
  }

  /**
   * Follows a record until `leave`, which must be called once for each call that resolved. Resolves when the record was read; rejects with
   * `unavailable`, and does not follow the record, when it cannot be read.
   */
  async hold(record: string): Promise<void> {
    const followed = this.#followed.get(record) ?? this.#add(record);
    followed.users++;
    if (followed.entries) return;
    followed.opening ??= this.#read(record, followed).finally(() => {
      followed.opening = undefined;
    });
    try {
      await followed.opening;
    } catch (error) {
      this.#release(record, followed);
      throw error;
    }
  }

  leave(record: string): void {
    const followed = this.#followed.get(record);
    if (followed) this.#release(record, followed);
  }

  /** True when the record has been read. */
  knows(record: string): boolean {
    return this.#followed.get(record)?.entries !== undefined;
  }

  /** The current entry of a field; undefined when it is absent, expired or not read yet. */
  get(record: string, name: string): Entry<T> | undefined {
    const entry = this.#followed.get(record)?.entries?.get(name);
    return entry && this.#inForce(entry) ? entry : undefined;
  }

  /** All current entries of a record that has been read. */
  *entries(record: string): Iterable<readonly [name: string, entry: Entry<T>]> {
    for (const row of this.#followed.get(record)?.entries ?? []) if (this.#inForce(row[1])) yield row;
  }

  /** Number of current entries. */
  count(record: string): number {
    const followed = this.#followed.get(record);
    if (followed) this.#forget(followed, 0);
    return followed?.entries?.size ?? 0;
  }

  /** Number of followed records. */
  get size(): number {
    return this.#followed.size;
  }

  changed({ record, version, before, fields }: RecordChange): void {
    const followed = this.#followed.get(record);
    if (!followed) return;
    followed.notified = Math.max(followed.notified, version);
    // While the first read runs, `#read` compares the version that it gets with `notified`, and reads again when its own version is lower.
    // A notification with the version of the copy or a lower one is late: the copy already has that change.
    if (!followed.entries || version <= followed.version) return;
    if (before !== followed.version) {
      void this.#readAgain(record);
      return;
    }
    followed.version = version;
    this.#apply(record, followed.entries, fields);
    this.#forget(followed);
  }

  resumed(): void {
    for (const [record, { entries }] of this.#followed) if (entries) this.#stale.add(record);
    void this.#reading.now();
  }

  #add(record: string): Followed<T> {
    const forgotAt = this.#runtime.clock.now();
    const followed: Followed<T> = { users: 0, version: 0, notified: 0, entries: undefined, opening: undefined, forgotAt, turn: this.#added++ % turns };
    this.#followed.set(record, followed);
    if (this.#followed.size === 1) void this.#rounds.now();
    return followed;
  }

  #release(record: string, followed: Followed<T>): void {
    if (--followed.users > 0) return;
    if (this.#followed.get(record) === followed) this.#followed.delete(record);
  }

  #readAgain(record: string): Promise<void> {
    this.#stale.add(record);
    return this.#reading.now();
  }

  /** Reads all stale records again. Rejects when a read failed; that record stays stale. */
  async #readStale(): Promise<undefined> {
    while (this.#stale.size > 0) {
      const batch = [...this.#stale].slice(0, readsAtOnce);
      const results = await Promise.allSettled(
        batch.map(async (record) => {
          this.#stale.delete(record);
          const followed = this.#followed.get(record);
          if (followed) await this.#read(record, followed);
        }),
      );
      const failed = results.flatMap((result, index) => (result.status === 'rejected' ? [{ record: batch[index] ?? '', reason: result.reason }] : []));
      for (const { record } of failed) this.#stale.add(record);
      if (failed[0]) throw failed[0].reason;
    }
  }

  /** Compares the versions of this turn's records with the store, which detects missed notifications cheaply. */
  async #lookAtSome(): Promise<number | undefined> {
    if (this.#followed.size === 0) return undefined;
    this.#turn = (this.#turn + 1) % turns;
    const due = [...this.#followed].filter(([, { turn, entries }]) => turn === this.#turn && entries);
    await Promise.all(
      due.map(async ([record, followed]) => {
        if ((await this.#records.version(record)) !== followed.version) void this.#readAgain(record);
      }),
    );
    return this.#runtime.config.cluster.recheck_ms / turns;
  }

  #failed(error: unknown): void {
    this.#runtime.caught('followed-records', error, 'could not read records; their last known state stays in force', { level: 'debug' });
  }

  async #read(record: string, followed: Followed<T>): Promise<void> {
    // Subscribe before reading, so that no change is missed in between.
    this.#watch ??= this.#records.watch(this).catch((error: unknown) => {
      this.#watch = undefined;
      throw error;
    });
    await this.#watch;
    followed.notified = 0;
    let state: RecordState;
    do state = await this.#records.get(record);
    while (state.version < followed.notified);
    // Compare all fields even if the version is lower: a store that restarted empty counts versions from zero.
    followed.version = state.version;
    const known = followed.entries;
    if (known) {
      const gone = [...known].flatMap(([name, entry]): [string, null][] => (state.fields.has(name) || !this.#inForce(entry) ? [] : [[name, null]]));
      this.#apply(record, known, new Map<string, RecordField | null>([...state.fields, ...gone]));
    } else {
      followed.entries = new Map([...state.fields].map(([name, field]) => [name, this.#entry(record, name, field)]));
      this.#reader.opened?.(record);
    }
  }

  /** Applies the whole change before calling `changed` for any field. */
  #apply(record: string, entries: Map<string, Entry<T>>, fields: RecordChange['fields']): void {
    const changes: (() => void)[] = [];
    for (const [name, field] of fields) {
      const known = entries.get(name);
      const before = known && this.#inForce(known) ? known : null;
      const now = field ? this.#entry(record, name, field) : null;
      if (now) entries.set(name, now);
      else entries.delete(name);
      if (now?.text !== before?.text || now?.until !== before?.until) changes.push(() => this.#reader.changed?.(record, name, now, before));
    }
    for (const tell of changes) tell();
  }

  #entry(record: string, name: string, { value, until }: RecordField): Entry<T> {
    return { until, text: this.#reader.compared?.(value) ?? value, value: this.#reader.read(record, name, value) };
  }

  #inForce({ until }: Entry<T>): boolean {
    return until === undefined || until > this.#runtime.clock.now();
  }

  #forget(followed: Followed<T>, everyMs = forgetEveryMs): void {
    const now = this.#runtime.clock.now();
    if (now - followed.forgotAt < everyMs) return;
    followed.forgotAt = now;
    for (const [name, entry] of followed.entries ?? []) if (!this.#inForce(entry)) followed.entries?.delete(name);
  }
}
