// Owns the compiled word lists. A change of the record `words` compiles a new filter in the background; the old one stays in use until
// the new one is complete. Before the first load there is no filter, and no message can be judged.
import type { Bus, RecordField, RecordState } from '@danmux/bus';
import { decodeWordLists, FollowedRecord, ruleRecords } from '@danmux/policy';
import type { WordList } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import { inSlices } from './in-slices.ts';
import { WordFilter } from './word-filter.ts';

export class WordLists implements Part {
  readonly name = 'word-lists';
  readonly #runtime: Runtime;
  readonly #record: FollowedRecord;
  #filter: WordFilter | undefined;
  #lists: ReadonlyMap<string, WordList> = new Map();
  #stopped = false;

  constructor(runtime: Runtime, bus: Bus) {
    this.#runtime = runtime;
    this.#record = new FollowedRecord(runtime, bus, ruleRecords.words, { read: (state) => this.#load(state) });
  }

  /** Undefined until the lists are loaded for the first time. */
  get filter(): WordFilter | undefined {
    return this.#filter;
  }

  /** Resolves after the first attempt to load the lists; a failed attempt is retried in the background. */
  async start(): Promise<void> {
    await this.#record.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#record.stop();
  }

  /** Returns false when a list is only partly written; the record is then read again. */
  async #load({ version, fields }: RecordState): Promise<boolean> {
    const { lists, whole } = this.#wholeLists(fields);
    const filter = await inSlices(WordFilter.compile(lists), () => this.#stopped);
    if (!filter) return true;
    this.#lists = lists;
    this.#filter = filter;
    this.#runtime.metrics.words.set(filter.size);
    if (filter.leftOut > 0) this.#runtime.log.error({ words: filter.leftOut }, 'word lists exceed the size limit; words of the last lists are ignored');
    this.#runtime.log.info({ version, lists: lists.size, words: filter.size }, 'word lists are in force');
    return whole;
  }

  /** Decodes the lists; an incomplete list keeps its previous version. */
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
