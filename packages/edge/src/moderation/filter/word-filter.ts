// Judges a message by the word lists: the strictest action of all lists with a matching word decides, and words of `mask` lists are
// masked in the data. Keeps no state between messages and does no I/O.
import { roomMatches, type WordAction, type WordList } from '@danmux/protocol';
import { eachString, withStrings } from './json-strings.ts';
import { Masking } from './masking.ts';
import { withPinyin } from './pinyin-words.ts';
import { WordSet } from './word-set.ts';

export interface WordFinding {
  readonly action: 'pass' | WordAction;
  /** Name of the list that decided; undefined with `pass`. */
  readonly list?: string;
  /** The data with words of `mask` lists masked, whatever the action. */
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

  /** Compiles the lists, keyed by name. Of several matches with the same action, the first one found decides. Yields so that the caller can pause. */
  static *compile(lists: ReadonlyMap<string, WordList>): Generator<void, WordFilter> {
    const named = [...lists].map(([name, list]) => ({ name, ...list }));
    return new WordFilter(named, yield* WordSet.compile(named.map(({ words, pinyin }) => (pinyin ? withPinyin(words) : words))));
  }

  /** Number of distinct words in the filter. */
  get size(): number {
    return this.#words.size;
  }

  /** Number of words left out because the lists exceed the size limit. */
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
