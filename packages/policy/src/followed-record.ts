// One record as a whole, kept up with the store: read at the start, at every change and after an outage, and looked at now and then,
// since the news of a change may get lost. While the store is away what was read stays; what it means is its reader's business.
import type { Bus, RecordChange, RecordState, Subscription } from '@danmux/bus';
import { backoffMs, type Part, type Runtime } from '@danmux/runtime';
import { Reading } from './reading.ts';

export interface RecordReader {
  /**
   * The whole record, whenever it may not be what was read last; one at a time. False: it is half written, look again soon. What it
   * throws is counted and logged, and it is called again soon.
   */
  read(state: RecordState): boolean | Promise<boolean>;
  /** A change of what was read last, before the record is read; for who cannot wait for that. */
  changed?(fields: RecordChange['fields']): void;
}

/** How often the record's version is looked at, about. */
const recheckMs = 10_000;
/** A process starts without the record when the store does not answer for so long. */
const startMs = 2_000;
const halfWritten = { baseMs: 50, maxMs: recheckMs };

export class FollowedRecord implements Part {
  readonly name: string;
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'records'>;
  readonly #record: string;
  readonly #reader: RecordReader;
  readonly #reading: Reading;
  #watch: Pick<Subscription, 'close'> | undefined;
  /** Of what was read last; undefined: it must be read whatever its version. */
  #version: number | undefined;
  /** The highest version the watch told of since the last read began. */
  #told = 0;
  /** Grows when changes may have been missed: then the store may be another, with versions of its own. */
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

  /** Resolves when the record was read, or could not be for a while: then it goes on trying. */
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

  /** Resolves when its reader knows what is in the store now, or it could not be read: then it goes on trying. */
  refresh(): Promise<void> {
    return this.#reading.now();
  }

  async #look(): Promise<number> {
    // Before the record is read, so that no change falls between.
    this.#watch ??= await this.#bus.records.watch({ changed: (change) => this.#changed(change), resumed: () => this.#resumed() });
    if (this.#version === undefined || this.#version !== (await this.#bus.records.version(this.#record))) await this.#read();
    return this.#halves === 0 ? recheckMs : backoffMs(this.#halves++, halfWritten);
  }

  async #read(): Promise<void> {
    const outages = this.#outages;
    this.#told = 0;
    const state = await this.#bus.records.get(this.#record);
    // What was told meanwhile is in force already; who told of it has asked for the next read.
    if (state.version < this.#told) return;
    const whole = await this.#reader.read(state);
    this.#halves = whole ? 0 : 1;
    this.#version = outages === this.#outages ? state.version : undefined;
  }

  #changed({ record, version, fields }: RecordChange): void {
    if (record !== this.#record) return;
    this.#told = Math.max(this.#told, version);
    if (version > (this.#version ?? 0)) this.#reader.changed?.(fields);
    void this.#reading.now();
  }

  #resumed(): void {
    this.#outages++;
    this.#version = undefined;
    void this.#reading.now();
  }

  #failed(error: unknown, times: number): void {
    // The store's own connection reports loudly that it is away.
    const level = times === 1 ? 'warn' : 'debug';
    this.#runtime.caught(this.name, error, 'could not read a record; its last known state stays in force', { level, fields: { record: this.#record } });
  }
}
