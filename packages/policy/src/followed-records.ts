// Copies of some records, kept up with the store: read when somebody first needs one, then changed by what the watch tells, and read
// again when something was missed: at a hole in the versions, after an outage, or when a look at the version, every
// `cluster.recheck_ms`, shows another. What was read stays while the store is away. It knows nothing of what fields mean.
import type { Bus, RecordChange, RecordField, RecordState, RecordWatcher, Subscription } from '@danmux/bus';
import type { Part, Runtime } from '@danmux/runtime';
import { Reading } from './reading.ts';

export interface FieldReader<T> {
  /** What a field says; throws nothing. */
  read(record: string, name: string, value: string): T;
  /** What two readings of a field are compared by; its text when absent. */
  compared?(value: string): string;
  /** A field was set, changed or removed; null: not there. Not called for fields that end by themselves, nor at a first read. */
  changed?(record: string, name: string, now: Entry<T> | null, before: Entry<T> | null): void;
  /** The record was read for the first time. */
  opened?(record: string): void;
}

export interface Entry<T> {
  /** Milliseconds since 1970; undefined: it does not end. */
  readonly until: number | undefined;
  readonly text: string;
  readonly value: T;
}

interface Followed<T> {
  users: number;
  version: number;
  /** The highest version the watch told of since the last read began. */
  told: number;
  /** Undefined until the first read. */
  entries: Map<string, Entry<T>> | undefined;
  opening: Promise<void> | undefined;
  forgotAt: number;
  /** In which turn of a round its version is looked at. */
  readonly turn: number;
}

/** Reads under way at once after an outage. */
const readsAtOnce = 32;
const forgetEveryMs = 60_000;
/** In how many turns all versions are looked at, so that a thousand rooms are not asked for at once. */
const turns = 30;

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

  /** Follows a record until the end, whether it can be read now or not; resolves after the first try. */
  async keep(record: string): Promise<void> {
    const followed = this.#followed.get(record) ?? this.#add(record);
    followed.users++;
    await this.#readAgain(record);
  }

  /** One more needs the record; `leave` when done. Resolves when it is known, rejects with `unavailable` when it cannot be read. */
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

  /** True when what it holds is known. */
  knows(record: string): boolean {
    return this.#followed.get(record)?.entries !== undefined;
  }

  /** What is in force under a name; undefined when nothing is, or nothing is known. */
  get(record: string, name: string): Entry<T> | undefined {
    const entry = this.#followed.get(record)?.entries?.get(name);
    return entry && this.#inForce(entry) ? entry : undefined;
  }

  /** All that is in force in a record that is known. */
  *entries(record: string): Iterable<readonly [name: string, entry: Entry<T>]> {
    for (const row of this.#followed.get(record)?.entries ?? []) if (this.#inForce(row[1])) yield row;
  }

  /** How many fields are in force. */
  count(record: string): number {
    const followed = this.#followed.get(record);
    if (followed) this.#forget(followed, 0);
    return followed?.entries?.size ?? 0;
  }

  /** Records it holds. */
  get size(): number {
    return this.#followed.size;
  }

  changed({ record, version, before, fields }: RecordChange): void {
    const followed = this.#followed.get(record);
    if (!followed) return;
    followed.told = Math.max(followed.told, version);
    // A first read that is under way looks at `told`; what is known already comes late.
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
    const followed: Followed<T> = { users: 0, version: 0, told: 0, entries: undefined, opening: undefined, forgotAt, turn: this.#added++ % turns };
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

  /** Until all were read, or some could not be. */
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

  /** A change that nobody told of shows in the version, which costs little to ask for. */
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
    this.#runtime.caught('followed-records', error, 'records could not be read; what was known stays in force', { level: 'debug' });
  }

  async #read(record: string, followed: Followed<T>): Promise<void> {
    // The watch stands before the read, so that no change falls between.
    this.#watch ??= this.#records.watch(this).catch((error: unknown) => {
      this.#watch = undefined;
      throw error;
    });
    await this.#watch;
    followed.told = 0;
    let state: RecordState;
    do state = await this.#records.get(record);
    while (state.version < followed.told);
    // Whatever the version: a store that came back empty counts anew.
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

  /** All of a change is in force before any of it is told. */
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
