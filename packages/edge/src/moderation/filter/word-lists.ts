// The word lists in force: what the record `words` holds is compiled anew after a change, beside the old, which is in force until the
// new is whole. Until they were read once nobody knows what is forbidden, so nothing may be judged.
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

  /** Undefined until the lists were read for the first time. */
  get filter(): WordFilter | undefined {
    return this.#filter;
  }

  /** Resolves when the lists were read, or could not be; then it goes on trying. */
  async start(): Promise<void> {
    await this.#record.start();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#record.stop();
  }

  /** False when a list is half written. */
  async #load({ version, fields }: RecordState): Promise<boolean> {
    const { lists, whole } = this.#wholeLists(fields);
    const filter = await inSlices(WordFilter.compile(lists), () => this.#stopped);
    if (!filter) return true;
    this.#lists = lists;
    this.#filter = filter;
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
