// Wraps the records of a bus to simulate an outage or lost change notifications, and records all reads.
import type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from '@danmux/bus';

type Fields = ReadonlyMap<string, RecordField | null>;

export class LossyRecords implements Records {
  /** While true, `get`, `version` and `watch` fail. */
  away = false;
  /** While true, change notifications are dropped. */
  deaf = false;
  /** Names of the records read with `get`, in the order of the calls. */
  readonly reads: string[] = [];
  /** Names of the records passed to `version`, in the order of the calls. */
  readonly looks: string[] = [];
  /** Called before `get` returns its result. */
  onRead: (state: RecordState) => Promise<void> | void = () => {};
  readonly #records: Records;
  #watcher: RecordWatcher | undefined;

  constructor(records: Records) {
    this.#records = records;
  }

  async get(record: string): Promise<RecordState> {
    this.reads.push(record);
    this.#mustBeThere();
    const state = await this.#records.get(record);
    await this.onRead(state);
    return state;
  }

  async version(record: string): Promise<number> {
    this.looks.push(record);
    this.#mustBeThere();
    return this.#records.version(record);
  }

  set(record: string, fields: Fields): Promise<number> {
    return this.#records.set(record, fields);
  }

  setIf(record: string, version: number, fields: Fields): Promise<number | null> {
    return this.#records.setIf(record, version, fields);
  }

  page(record: string, prefix: string, cursor: string | undefined, limit: number): Promise<RecordPage> {
    return this.#records.page(record, prefix, cursor, limit);
  }

  async watch(watcher: RecordWatcher): Promise<{ close(): Promise<void> }> {
    this.#mustBeThere();
    this.#watcher = watcher;
    return this.#records.watch({ changed: (change) => !this.deaf && watcher.changed(change), resumed: () => watcher.resumed() });
  }

  /** Notifies the watcher that the connection resumed after an outage. */
  resume(): void {
    this.#watcher?.resumed();
  }

  /** Delivers a change notification, as the store would. */
  tell(change: RecordChange): void {
    this.#watcher?.changed(change);
  }

  #mustBeThere(): void {
    if (this.away) throw new Error('away');
  }
}

/** Waits five turns of the event loop, after which pending notifications and reads are processed. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
