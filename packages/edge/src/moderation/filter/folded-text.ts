// A text in the form the word filter compares: folded code points, each with its index in the original text. One instance is reused for
// all messages to avoid allocations; `read` overwrites the previous text.
import { apostrophe, blank, codePointBits, digit, expansions, type Folded, fold, invisible, latin, mark, marked, several, symbol } from './folding.ts';

/** `letters` drops everything except letters and digits; `visible` drops only blanks and invisible characters. */
export type FoldMode = 'letters' | 'visible';

export class FoldedText {
  /** Folded code points; only the first `length` belong to the current text. */
  units = new Int32Array(1_024);
  /** For each unit, the index in the text at which its character begins. */
  sources = new Int32Array(1_024);
  /** For each unit, 1 when a blank stands between it and the unit before. */
  breaks = new Uint8Array(1_024);
  length = 0;
  text = '';
  #blank = false;
  readonly #left: number;

  constructor(mode: FoldMode) {
    this.#left = mode === 'letters' ? symbol : 0;
  }

  read(text: string): void {
    this.text = text;
    this.length = 0;
    this.#blank = false;
    // Reserves one unit per UTF-16 code unit. Few characters fold to more units (U+FDFA to 18); `#add` grows the arrays for them.
    this.#makeRoom(text.length);
    let last: Folded = 0;
    for (let at = 0; at < text.length; at++) {
      const codePoint = text.codePointAt(at) as number;
      const folded = fold(codePoint);
      if (folded & several) for (const one of expansions[folded & codePointBits] ?? []) last = this.#add(one, at, last);
      else last = this.#add(folded, at, last);
      if (codePoint > 0xffff) at++;
    }
  }

  #add(folded: Folded, source: number, last: Folded): Folded {
    const codePoint = folded & codePointBits;
    if (folded & blank) this.#blank = true;
    if (codePoint === 0 || (folded & this.#left) !== 0) return last;
    if (folded & mark && !(last & marked)) return last;
    if (this.length === this.units.length) this.#makeRoom(this.length * 2);
    this.units[this.length] = codePoint;
    this.sources[this.length] = source;
    this.breaks[this.length] = this.#blank ? 1 : 0;
    this.#blank = false;
    this.length++;
    return folded & mark ? last : folded;
  }

  /** True when the Latin letter (or digit) at this index begins a word (or a number). */
  beginsWord(source: number, kind: number): boolean {
    let { at, folded } = this.#before(source);
    if (folded & kind) return false;
    if (!(folded & apostrophe)) return true;
    ({ at, folded } = this.#before(at));
    return !(folded & latin) || kind === digit;
  }

  /** True when the Latin letter (or digit) at this index ends a word (or a number). */
  endsWord(source: number, kind: number): boolean {
    const { text } = this;
    let at = source;
    for (;;) {
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
      if (at >= text.length) return true;
      const folded = fold(text.codePointAt(at) ?? 0);
      if (!(folded & invisible)) return !(folded & kind);
    }
  }

  /** The nearest visible character before an index; `folded` is 0 at the start of the text. */
  #before(source: number): { at: number; folded: Folded } {
    const { text } = this;
    let at = source;
    while (at > 0) {
      at--;
      const code = text.charCodeAt(at);
      if (at > 0 && code >= 0xdc00 && code <= 0xdfff && (text.codePointAt(at - 1) ?? 0) > 0xffff) at--;
      const folded = fold(text.codePointAt(at) ?? 0);
      if (!(folded & invisible)) return { at, folded };
    }
    return { at: 0, folded: 0 };
  }

  #makeRoom(length: number): void {
    if (this.units.length >= length) return;
    const { units, sources, breaks } = this;
    this.units = new Int32Array(length);
    this.units.set(units);
    this.sources = new Int32Array(length);
    this.sources.set(sources);
    this.breaks = new Uint8Array(length);
    this.breaks.set(breaks);
  }
}
