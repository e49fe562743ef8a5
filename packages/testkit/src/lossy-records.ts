// Records as a process sees them that the network does not treat well: they can be away, and the news of changes can get lost. What it
// is asked is kept.
import type { RecordChange, RecordField, RecordPage, RecordState, Records, RecordWatcher } from '@danmux/bus';

type Fields = ReadonlyMap<string, RecordField | null>;

export class LossyRecords implements Records {
  away = false;
  /** News of changes get lost. */
  deaf = false;
  /** Records that were read whole. */
  readonly reads: string[] = [];
  /** Records whose version alone was asked for. */
  readonly looks: string[] = [];
  /** Before a state is handed over. */
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

  /** As after an outage. */
  resume(): void {
    this.#watcher?.resumed();
  }

  /** As the store would tell it. */
  tell(change: RecordChange): void {
    this.#watcher?.changed(change);
  }

  #mustBeThere(): void {
    if (this.away) throw new Error('away');
  }
}

/** Whatever was told, read and asked has arrived; needs no timer. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
