// Replaces words in a text with `*`, one per character as a reader sees it (an emoji or a letter with marks is one). Leaves everything
// else unchanged, including symbols between the letters of a word.
import type { Found } from './word-set.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export class Masking {
  readonly #text: string;
  /** 1 at each index where a character to mask begins. */
  readonly #hidden: Uint8Array;

  constructor(text: string) {
    this.#text = text;
    this.#hidden = new Uint8Array(text.length);
  }

  hide({ folded, first, last }: Found): void {
    for (let unit = first; unit <= last; unit++) this.#hidden[folded.sources[unit] as number] = 1;
  }

  masked(): string {
    const text = this.#text;
    let [out, done] = ['', 0];
    let segments: Intl.Segments | undefined;
    // Searches from `done`, so further letters of a character already masked are skipped.
    for (let place = this.#hidden.indexOf(1); place >= 0; place = this.#hidden.indexOf(1, done)) {
      let [begin, end] = [place, plainEnd(text, place)];
      if (end === 0) {
        segments ??= graphemes.segment(text);
        const { index, segment } = segments.containing(place) as Intl.SegmentData;
        [begin, end] = [Math.max(index, done), index + segment.length];
      }
      out += `${text.slice(done, begin)}*`;
      done = end;
    }
    return out + text.slice(done);
  }
}

/** End of the character that begins here, for the common simple cases; 0 when the grapheme segmenter must decide. */
function plainEnd(text: string, place: number): number {
  if (!isPlain(text.charCodeAt(place))) return 0;
  let end = place + 1;
  while (isAccent(text.charCodeAt(end))) end++;
  return end === text.length || isPlain(text.charCodeAt(end)) ? end : 0;
}

const isAccent = (code: number) => code >= 0x300 && code < 0x370;
/** ASCII, zero-width space, ideographs, full-width forms: always one character each. */
const isPlain = (code: number) => (code >= 0x20 && code < 0x7f) || code === 0x200b || (code >= 0x4e00 && code < 0xa000) || (code >= 0xff00 && code < 0xff60);
