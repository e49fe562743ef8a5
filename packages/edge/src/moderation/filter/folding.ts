// Folds one character for the word filter: to its base letters without width, case and marks, or to nothing. Results are cached in one
// table on first use. It ignores the neighbours of a character; FoldedText looks at those.
import { BoundedMap } from '@danmux/runtime';
import { simplified } from './simplified.ts';

/** A folded character: the base code point in the low 21 bits, the flags below in the bits above them. */
export type Folded = number;

export const codePointBits = 0x1f_ffff;
/** Invisible and dropped in every mode: zero-width, control, combining marks. */
export const invisible = 1 << 21;
/** A blank; dropped in every mode, and ends a word. */
export const blank = 1 << 22;
/** Punctuation and symbols: dropped in mode `letters`, compared in mode `visible`. */
export const symbol = 1 << 23;
/** A Latin letter: Latin puts blanks between words, so the filter matches whole words only. */
export const latin = 1 << 24;
export const digit = 1 << 25;
/** A letter of a script whose marks change the letter (Thai, Devanagari, Arabic). */
export const marked = 1 << 26;
/** A mark of such a script; compared after a `marked` letter, ignored as decoration elsewhere. */
export const mark = 1 << 27;
/** Joins the letters around it into one word: "that's". */
export const apostrophe = 1 << 28;
/** A letter of a script that puts blanks between words. Digits do not have this flag, because numbers are often written with blanks inside. */
export const spaced = 1 << 30;
/** Folds to several code points; the low bits are an index into `expansions`. */
export const several = 1 << 29;

/** Folded characters of each character that folds to several. */
export const expansions: (readonly Folded[])[] = [];

/** Code points from here on are rare ideographs, unassigned or invisible, so they need no table. */
const tableSize = 0x2_0000;
const table = new Int32Array(tableSize);
/** Ideographs beyond the table. Bounded, because a sender could use each of the 120,000. */
const rare = new BoundedMap<number, Folded>(8_192);

const isIgnorable = /^[\p{Default_Ignorable_Code_Point}\p{C}]$/u;
const isMark = /^\p{M}$/u;
const isLetterOrNumber = /^[\p{L}\p{N}]$/u;
const isBlank = /^\p{Z}$/u;
const isLatin = /^\p{Script=Latin}$/u;
const isInherited = /^\p{Script=Inherited}$/u;
/** Scripts whose marks are accents: a sender can omit or add them freely, so the filter ignores them. */
const accented =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Common}]$/u;
/** Scripts without blanks between words, and Hangul, whose syllables fold to several letters. */
const unspaced =
  /^[\p{N}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Common}]$/u;
const apostrophes = new Set(["'", '’', 'ʼ', '＇']);

/** Folds one code point, which may be a lone surrogate. */
export function fold(codePoint: number): Folded {
  if (codePoint >= tableSize) return foldRare(codePoint);
  const known = table[codePoint] as Folded;
  if (known !== 0) return known;
  const folded = computeFold(codePoint);
  table[codePoint] = folded;
  return folded;
}

function foldRare(codePoint: number): Folded {
  if (codePoint >= 0x4_0000) return invisible;
  const known = rare.get(codePoint) ?? computeFold(codePoint);
  rare.set(codePoint, known);
  return known;
}

function computeFold(codePoint: number): Folded {
  const character = String.fromCodePoint(codePoint);
  // Unicode classes tabs and line ends as control characters; a reader sees blanks.
  if (/^\s$/.test(character)) return blank;
  if (apostrophes.has(character)) return apostrophe | symbol | 0x27;
  if (isIgnorable.test(character)) return invisible;
  const plain = simplified(character.normalize('NFKC')).toUpperCase().toLowerCase().normalize('NFKD');
  const folded = [...plain].map(foldPlain).filter((one) => one !== invisible && one !== blank);
  const letters = folded.filter((one) => (one & symbol) === 0);
  if (letters.length === 0) return ofNoLetters(character, folded);
  if (letters.length === 1) return letters[0] as Folded;
  const classes = letters.every((one) => one & latin) ? latin : letters.every((one) => one & digit) ? digit : 0;
  return several | classes | (expansions.push(letters) - 1);
}

function ofNoLetters(character: string, folded: readonly Folded[]): Folded {
  if (isMark.test(character)) return invisible;
  if (isBlank.test(character)) return blank;
  return folded.length === 1 ? (folded[0] as Folded) : symbol | (character.codePointAt(0) ?? 0);
}

/** Folds one code point of a decomposed lower-case character. */
function foldPlain(character: string): Folded {
  const codePoint = character.codePointAt(0) ?? 0;
  if (isMark.test(character)) return isInherited.test(character) || accented.test(character) ? invisible : mark | codePoint;
  if (isIgnorable.test(character)) return invisible;
  if (isBlank.test(character)) return blank;
  if (!isLetterOrNumber.test(character)) return symbol | codePoint;
  if (isLatin.test(character)) return latin | spaced | codePoint;
  if (codePoint >= 0x30 && codePoint <= 0x39) return digit | codePoint;
  return (accented.test(character) ? 0 : marked) | (unspaced.test(character) ? 0 : spaced) | codePoint;
}
