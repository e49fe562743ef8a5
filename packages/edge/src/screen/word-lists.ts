// The word lists in force: follows the record `words` and compiles what it holds anew after a change, beside the old, which is in
// force until the new is whole. Until they were read once nobody knows what is forbidden, so nothing may be judged.
import type { Bus, RecordField } from '@danmux/bus';
import { decodeWordLists, ruleRecords } from '@danmux/cluster';
import type { WordList } from '@danmux/protocol';
import { backoffMs, type Part, type Runtime } from '@danmux/runtime';
import { inSlices } from './in-slices.ts';
import { WordFilter } from './word-filter.ts';

const retry = { baseMs: 100, maxMs: 2_000 };
/** A list is written in several parts; one that is seen between them is whole soon. */
const halfWrittenMs = 50;

export class WordLists implements Part {
  readonly name = 'word-lists';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  #filter: WordFilter | undefined;
  /** Of which version of the record `#filter` is; -1 when a list of it could not be read. */
  #version = -1;
  #lists: ReadonlyMap<string, WordList> = new Map();
  #watch: { close(): Promise<void> } | undefined;
  #reading: Promise<void> | undefined;
  #changed = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  /** Undefined until the lists were read for the first time. */
  get filter(): WordFilter | undefined {
    return this.#filter;
  }

  /** Resolves when the lists were read, or could not be; then it goes on trying. */
  async start(): Promise<void> {
    await this.#read();
  }

  async drain(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#reading;
    const watch = this.#watch;
    this.#watch = undefined;
    await watch?.close();
  }

  /** One reading at a time; a change that comes meanwhile is read after it. */
  #read(): Promise<void> {
    this.#changed = true;
    this.#reading ??= this.#readAll().finally(() => {
      this.#reading = undefined;
      // One may have come after the last look and before here.
      if (this.#changed && !this.#stopped) void this.#read();
    });
    return this.#reading;
  }

  async #readAll(): Promise<void> {
    while (this.#changed && !this.#stopped) {
      this.#changed = false;
      try {
        await this.#follow();
        const whole = await this.#load();
        this.#failures = 0;
        if (!whole) this.#readAgain(halfWrittenMs);
      } catch (error) {
        this.#runtime.metrics.caught.inc({ where: 'word-lists' });
        // The store's own connection says loudly that it is away.
        this.#runtime.log.debug({ err: error }, 'the word lists could not be read; the last ones stay in force');
        this.#readAgain(backoffMs(++this.#failures, retry));
        return;
      }
    }
  }

  #readAgain(afterMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#read(), afterMs);
  }

  /** Before the record is read, so that no change falls between. */
  async #follow(): Promise<void> {
    this.#watch ??= await this.#bus.records.watch({
      changed: ({ record }) => {
        if (record === ruleRecords.words) void this.#read();
      },
      resumed: () => void this.#read(),
    });
  }

  /** False when a list is half written. */
  async #load(): Promise<boolean> {
    const { version, fields } = await this.#bus.records.get(ruleRecords.words);
    if (this.#filter && version === this.#version) return true;
    const { lists, whole } = this.#wholeLists(fields);
    const filter = await inSlices(WordFilter.compile(lists), () => this.#stopped);
    if (!filter) return true;
    this.#lists = lists;
    this.#filter = filter;
    this.#version = whole ? version : -1;
    this.#runtime.metrics.words.set(filter.size);
    if (filter.leftOut > 0) this.#runtime.log.error({ words: filter.leftOut }, 'the word lists are too long; words of the last are not looked for');
    this.#runtime.log.info({ version, lists: lists.size, words: filter.size }, 'word lists are in force');
    return whole;
  }

  /** What cannot be read keeps the form it had. */
  #wholeLists(fields: ReadonlyMap<string, RecordField>): { lists: ReadonlyMap<string, WordList>; whole: boolean } {
    const lists = new Map<string, WordList>();
    let whole = true;
    for (const [name, list] of decodeWordLists(fields)) {
      const kept = list ?? this.#lists.get(name);
      if (kept) lists.set(name, kept);
      whole &&= list !== null;
    }
    return { lists, whole };
  }
}
