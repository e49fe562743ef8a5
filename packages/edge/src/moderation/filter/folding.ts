// What one character is to the word filter: the letters it stands for, whatever its width, case or marks, or nothing. One
// table, filled as characters are first seen; it knows no words and no text around a character.

/** A folded character: the code point it stands for in the low 21 bits, and what it is above them. */
export type Folded = number;

export const codePointBits = 0x1f_ffff;
/** Stands for nothing and cannot be seen: zero-width, control, combining marks. */
export const invisible = 1 << 21;
/** Stands for nothing where letters are compared: blanks. */
const blank = 1 << 22;
/** Punctuation and symbols: nothing where letters are compared, themselves where all that is visible is. */
export const symbol = 1 << 23;
/** Of a script that puts blanks between words, in which a word is looked for as a whole. */
export const latin = 1 << 24;
export const digit = 1 << 25;
/** A letter of a script with marks of its own, which make other letters of it (Thai, Devanagari, Arabic). */
export const marked = 1 << 26;
/** Such a mark: it counts only after a `marked` letter, elsewhere it is decoration. */
export const mark = 1 << 27;
/** It joins the letters around it: "that's". */
export const apostrophe = 1 << 28;
/** Several code points: the low bits are an index of `expansions`. */
export const several = 1 << 29;

/** What one character folds to when it is more than one, each a Folded. */
export const expansions: (readonly Folded[])[] = [];

/** Above these only ideographs and what cannot be seen is assigned. */
const tableSize = 0x2_0000;
const table = new Int32Array(tableSize);
const compatibilityIdeographs = new Map<number, Folded>();

const isIgnorable = /^[\p{Default_Ignorable_Code_Point}\p{C}]$/u;
const isMark = /^\p{M}$/u;
const isLetterOrNumber = /^[\p{L}\p{N}]$/u;
const isBlank = /^\p{Z}$/u;
const isLatin = /^\p{Script=Latin}$/u;
const isInherited = /^\p{Script=Inherited}$/u;
/** Their marks are accents, and may be left out or strewn in. */
const accented =
  /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Script=Common}]$/u;
const apostrophes = new Set(["'", '’', 'ʼ', '＇']);

/** `codePoint` may be a lone surrogate. */
export function fold(codePoint: number): Folded {
  if (codePoint >= tableSize) return foldRare(codePoint);
  const known = table[codePoint] as Folded;
  if (known !== 0) return known;
  const folded = foldAnew(codePoint);
  table[codePoint] = folded;
  return folded;
}

function foldRare(codePoint: number): Folded {
  if (codePoint >= 0x4_0000) return invisible;
  if (codePoint < 0x2_f800 || codePoint > 0x2_fa1f) return codePoint;
  const known = compatibilityIdeographs.get(codePoint) ?? foldAnew(codePoint);
  compatibilityIdeographs.set(codePoint, known);
  return known;
}

function foldAnew(codePoint: number): Folded {
  const character = String.fromCodePoint(codePoint);
  // Tabs and line ends are control characters to Unicode, blanks to who reads them.
  if (/^\s$/.test(character)) return blank;
  if (apostrophes.has(character)) return apostrophe | symbol | 0x27;
  if (isIgnorable.test(character)) return invisible;
  const plain = character.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKD');
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

/** One code point of a decomposed lower-case character. */
function foldPlain(character: string): Folded {
  const codePoint = character.codePointAt(0) ?? 0;
  if (isMark.test(character)) return isInherited.test(character) || accented.test(character) ? invisible : mark | codePoint;
  if (isIgnorable.test(character)) return invisible;
  if (isBlank.test(character)) return blank;
  if (!isLetterOrNumber.test(character)) return symbol | codePoint;
  if (isLatin.test(character)) return latin | codePoint;
  if (codePoint >= 0x30 && codePoint <= 0x39) return digit | codePoint;
  return accented.test(character) ? codePoint : marked | codePoint;
}
