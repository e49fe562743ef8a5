// An immutable compiled set of words: finds the words in a text and their positions. WordFilter decides the action.
import { Automaton } from './automaton.ts';
import { FoldedText, type FoldMode } from './folded-text.ts';
import { digit, fold, latin, spaced, symbol } from './folding.ts';

/** Position of a word in the folded text: indexes of its first and last unit. */
export interface Found {
  readonly folded: FoldedText;
  readonly first: number;
  readonly last: number;
}

interface Word {
  readonly units: Int32Array;
  /** Indexes of the lists that contain the word, each once. */
  readonly owners: number[];
  /**
   * `begin` is `latin` or `digit` when a match must start at the start of a word or number in the text, else 0. `end` says the same about the end
   * of a match.
   */
  readonly begin: number;
  readonly end: number;
  /** Indexes of the units before which a list writes a blank in this word. */
  readonly blanks: Set<number>;
}

interface Half {
  readonly words: readonly Word[];
  readonly automaton: Automaton;
}

/** Cap of the characters of all words together; each costs up to 50 bytes of memory. */
const maxUnits = 4_000_000;

const modes: readonly FoldMode[] = ['letters', 'visible'];
const readers: Readonly<Record<FoldMode, FoldedText>> = { letters: new FoldedText('letters'), visible: new FoldedText('visible') };

export class WordSet {
  /** Number of distinct words. */
  readonly size: number;
  /** Number of words left out because the set is full. */
  readonly leftOut: number;
  readonly #halves: Readonly<Record<FoldMode, Half | null>>;

  private constructor(halves: Readonly<Record<FoldMode, Half | null>>, leftOut: number) {
    this.#halves = halves;
    this.leftOut = leftOut;
    this.size = modes.reduce((sum, mode) => sum + (halves[mode]?.words.length ?? 0), 0);
  }

  /** Leaves out words that fold to nothing, and words past 4 million characters. Yields so that the caller can pause. */
  static *compile(lists: readonly Iterable<string>[]): Generator<void, WordSet> {
    const known: Readonly<Record<FoldMode, Map<string, Word>>> = { letters: new Map(), visible: new Map() };
    let [steps, units, leftOut] = [0, 0, 0];
    for (const [owner, words] of lists.entries()) {
      for (const text of words) {
        const mode = modeOf(text);
        units += text.length;
        if (units <= maxUnits) remember(known[mode], readers[mode], text, owner);
        else leftOut++;
        if (++steps % 256 === 0) yield;
      }
    }
    return new WordSet({ letters: yield* compileHalf(known.letters), visible: yield* compileHalf(known.visible) }, leftOut);
  }

  /** Reports every occurrence of every word; `found` returns true to end the search. */
  search(text: string, found: (owners: readonly number[], place: Found) => boolean): void {
    for (const mode of modes) {
      const half = this.#halves[mode];
      if (!half) continue;
      const folded = readers[mode];
      folded.read(text);
      let ended = false;
      half.automaton.search(folded.units, folded.length, (number, last) => {
        const word = half.words[number] as Word;
        const first = last - word.units.length + 1;
        if (isAtBoundary(word, folded, first, last)) ended = found(word.owners, { folded, first, last });
        return ended;
      });
      if (ended) return;
    }
  }
}

/** A word with symbols and fewer than two letters ("+v", "c++", an emoji) is compared with its symbols: its letters alone would match often. */
function modeOf(text: string): FoldMode {
  let symbols = false;
  for (const character of text) symbols ||= (fold(character.codePointAt(0) ?? 0) & symbol) !== 0;
  if (!symbols) return 'letters';
  readers.letters.read(text);
  return readers.letters.length < 2 ? 'visible' : 'letters';
}

function remember(known: Map<string, Word>, reader: FoldedText, text: string, owner: number): void {
  reader.read(text);
  if (reader.length === 0 || reader.length > 0xffff) return;
  const units = reader.units.slice(0, reader.length);
  const key = String.fromCodePoint(...units);
  const word = known.get(key) ?? { units, owners: [], ...boundaries(units), blanks: new Set<number>() };
  known.set(key, word);
  if (word.owners.at(-1) !== owner) word.owners.push(owner);
  for (let unit = 1; unit < reader.length; unit++) if (reader.breaks[unit]) word.blanks.add(unit);
}

function boundaries(units: Int32Array): { begin: number; end: number } {
  const kinds = Array.from(units, (unit) => fold(unit) & (latin | digit));
  if (kinds.includes(0)) return { begin: 0, end: 0 };
  return { begin: kinds[0] ?? 0, end: kinds.at(-1) ?? 0 };
}

function* compileHalf(known: ReadonlyMap<string, Word>): Generator<void, Half | null> {
  if (known.size === 0) return null;
  const words = [...known.values()];
  const automaton = yield* Automaton.build(words.map(({ units }) => units));
  return { words, automaton };
}

function isAtBoundary(word: Word, folded: FoldedText, first: number, last: number): boolean {
  const { sources } = folded;
  if (word.begin !== 0 && !folded.beginsWord(sources[first] as number, word.begin)) return false;
  if (word.end !== 0 && !folded.endsWord(sources[last] as number, word.end)) return false;
  return endsSyllable(folded, last) && isInOnePiece(word, folded, first, last);
}

/**
 * False when blanks in the text cut the word and a piece has several letters, as in "my pen is broken". A word cut into single letters
 * ("p e n i s") is a disguise and matches. Blanks that the listed word itself has are not cuts.
 */
function isInOnePiece({ blanks }: Word, folded: FoldedText, first: number, last: number): boolean {
  let begin = first;
  for (let at = first + 1; at <= last + 1; at++) {
    const ends = at > last || (folded.breaks[at] === 1 && blanks.has(at - first));
    if (!ends) continue;
    if (!isWholeOrLetters(folded, begin, at - 1)) return false;
    begin = at;
  }
  return true;
}

function isWholeOrLetters({ units, sources, breaks }: FoldedText, first: number, last: number): boolean {
  let [cut, joined] = [false, false];
  for (let at = first + 1; at <= last; at++) {
    if (!(fold(units[at - 1] as number) & fold(units[at] as number) & spaced)) continue;
    if (breaks[at] === 1) cut = true;
    else if (sources[at] !== sources[at - 1]) joined = true;
  }
  return !cut || !joined;
}

/** False when the match ends inside a Hangul syllable: a syllable folds to its jamo, so a shorter one would match the start of a longer one. */
function endsSyllable({ units, sources, length }: FoldedText, last: number): boolean {
  if (!isBetween(units[last] as number, 0x1100, 0x11a7) || last + 1 === length) return true;
  const follows = (sources[last + 1] as number) - (sources[last] as number) <= 1;
  return !(follows && isBetween(units[last + 1] as number, 0x1160, 0x11ff));
}

const isBetween = (value: number, low: number, high: number) => value >= low && value <= high;
