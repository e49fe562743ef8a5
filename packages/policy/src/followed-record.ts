// A local copy of one whole record, kept in sync with the store. The record is read at start, at every change and after an outage; its version
// is also checked periodically, because a notification may be lost. During an outage the last copy stays valid. The RecordReader interprets the fields.
import type { Bus, RecordChange, RecordState, Subscription } from '@danmux/bus';
import { backoffMs, type Part, type Runtime } from '@danmux/runtime';
import { Reading } from './reading.ts';

/** The consumer of a followed record: interprets its fields. */
export interface RecordReader {
  /**
   * Called with the whole record whenever the record may have changed; calls never overlap. Return false when the record holds only a part of
   * a change: the record is then read again soon. An exception is counted and logged, and the record is also read again soon.
   */
  read(state: RecordState): boolean | Promise<boolean>;
  /** Called with a single change before the whole record is read again, for readers that must react immediately. */
  changed?(fields: RecordChange['fields']): void;
}

/** Approximate interval of version checks. */
const recheckMs = 10_000;
/** `start` waits at most this long for the first read; then the process starts without the record. */
const startMs = 2_000;
const halfWritten = { baseMs: 50, maxMs: recheckMs };

/** Follows one record as a whole: reads it at the start, after each change and after each outage, and compares versions now and then. */
export class FollowedRecord implements Part {
  readonly name: string;
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'records'>;
  readonly #record: string;
  readonly #reader: RecordReader;
  readonly #reading: Reading;
  #watch: Pick<Subscription, 'close'> | undefined;
  /** Version of the last read; undefined when the record must be read again without comparing versions. */
  #version: number | undefined;
  /** Highest version seen in notifications since the last read began. */
  #notified = 0;
  /**
   * Number of reconnects to the store. Notifications may be lost during an outage. If the store was replaced, its versions cannot be compared
   * with earlier ones.
   */
  #outages = 0;
  #halves = 0;

  constructor(runtime: Runtime, bus: Pick<Bus, 'records'>, record: string, reader: RecordReader) {
    this.name = `record-${record}`;
    this.#runtime = runtime;
    this.#bus = bus;
    this.#record = record;
    this.#reader = reader;
    this.#reading = new Reading({ read: () => this.#look(), failed: (error, times) => this.#failed(error, times) });
  }

  /** Resolves after the first read, or after a time limit; reading is then retried in the background. */
  async start(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, startMs);
    });
    await Promise.race([this.#reading.now(), late]);
    clearTimeout(timer);
  }

  async stop(): Promise<void> {
    await this.#reading.stop();
    const watch = this.#watch;
    this.#watch = undefined;
    await watch?.close();
  }

  /** Resolves when the reader has the current record, or when reading failed; it is then retried in the background. */
  refresh(): Promise<void> {
    return this.#reading.now();
  }

  async #look(): Promise<number> {
    // Subscribe before reading, so that no change is missed in between.
    this.#watch ??= await this.#bus.records.watch({ changed: (change) => this.#changed(change), resumed: () => this.#resumed() });
    if (this.#version === undefined || this.#version !== (await this.#bus.records.version(this.#record))) await this.#read();
    return this.#halves === 0 ? recheckMs : backoffMs(this.#halves++, halfWritten);
  }

  async #read(): Promise<void> {
    const outages = this.#outages;
    this.#notified = 0;
    const state = await this.#bus.records.get(this.#record);
    // This state is older than a change that was notified during the read. That notification has already requested another read.
    if (state.version < this.#notified) return;
    const whole = await this.#reader.read(state);
    this.#halves = whole ? 0 : 1;
    this.#version = outages === this.#outages ? state.version : undefined;
  }

  #changed({ record, version, fields }: RecordChange): void {
    if (record !== this.#record) return;
    this.#notified = Math.max(this.#notified, version);
    if (version > (this.#version ?? 0)) this.#reader.changed?.(fields);
    void this.#reading.now();
  }

  #resumed(): void {
    this.#outages++;
    this.#version = undefined;
    void this.#reading.now();
  }

  #failed(error: unknown, times: number): void {
    // Only the first failure is a warning, because the connection to the store already reports an outage.
    const level = times === 1 ? 'warn' : 'debug';
    this.#runtime.caught(this.name, error, 'could not read a record; its last known state stays in force', { level, fields: { record: this.#record } });
  }
}
