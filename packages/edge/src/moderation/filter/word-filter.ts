// What the word lists say of a message: nothing, the strictest action of those that hold one of its words, and its data with the
// words of `mask` lists hidden. It keeps no state between messages and asks nobody.
import { roomMatches, type WordAction, type WordList } from '@danmux/protocol';
import { eachString, withStrings } from './json-strings.ts';
import { Masking } from './masking.ts';
import { WordSet } from './word-set.ts';

export interface WordFinding {
  readonly action: 'pass' | WordAction;
  /** The list that decided; undefined of `pass`. */
  readonly list?: string;
  /** Words of `mask` lists are hidden in it whatever the action. */
  readonly data: unknown;
}

const strictness: Readonly<Record<'pass' | WordAction, number>> = { pass: 0, mask: 1, shadow: 2, hold: 3, block: 4 };

interface NamedList extends WordList {
  readonly name: string;
}

export class WordFilter {
  readonly #lists: readonly NamedList[];
  readonly #words: WordSet;

  private constructor(lists: readonly NamedList[], words: WordSet) {
    this.#lists = lists;
    this.#words = words;
  }

  /** By name. Of two lists with one action the first by order of the map decides. Pauses are offered by yielding. */
  static *compile(lists: ReadonlyMap<string, WordList>): Generator<void, WordFilter> {
    const named = [...lists].map(([name, list]) => ({ name, ...list }));
    return new WordFilter(named, yield* WordSet.compile(named.map(({ words }) => words)));
  }

  /** Words that are looked for, each counted once. */
  get size(): number {
    return this.#words.size;
  }

  /** Words there was no room for. */
  get leftOut(): number {
    return this.#words.leftOut;
  }

  judge(room: string, data: unknown): WordFinding {
    if (this.size === 0) return { action: 'pass', data };
    const inForce = this.#lists.map(({ rooms }) => rooms === undefined || roomMatches(room, rooms));
    const masked = new Map<string, string>();
    let decided: NamedList | undefined;
    eachString(data, (text) => {
      let masking: Masking | undefined;
      this.#words.search(text, (owners, place) => {
        for (const owner of owners) {
          const list = this.#lists[owner];
          if (!list || !inForce[owner]) continue;
          if (!decided || strictness[list.action] > strictness[decided.action]) decided = list;
          if (list.action === 'mask') {
            masking ??= new Masking(text);
            masking.hide(place);
          }
        }
        return decided?.action === 'block';
      });
      if (masking) masked.set(text, masking.masked());
      return decided?.action === 'block';
    });
    if (!decided) return { action: 'pass', data };
    return { action: decided.action, list: decided.name, data: masked.size > 0 ? withStrings(data, masked) : data };
  }
}
