// JSON parsing and writing that preserves digits. `parseJson` keeps the text of a number that JSON.parse and JSON.stringify would change
// (such as 1.0 or an integer of 20 digits), and `toJson` writes that text again. `toJson` and `wellFormedJson` replace lone surrogates,
// which PHP refuses, by U+FFFD. A text that cannot contain such numbers costs JSON.parse and one regular-expression test. This file does
// not validate schemas.
import { randomBytes } from 'node:crypto';

/** Prefix of a string that stands for a JsonNumber. It is random and starts with a lone surrogate, so no well-formed input contains it. */
const secret = randomBytes(12).toString('hex');
const mark = `\ud800${secret}`;
const writtenMarks = new RegExp(`"\\\\ud800${secret}([^"]+)"`, 'g');

/**
 * Matches text that may contain a number changed by a round trip: at least 16 digits, a fraction, an exponent, or -0. It also matches inside
 * strings.
 */
const mayHoldNumber = /(?:^|[[:,\s])(?:-0|-?\d{16}|-?\d{1,15}[.eE])/;
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/** Matches one JSON escape, or the two escapes of a complete surrogate pair. */
const escapes = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/gs;
const mayHoldLoneSurrogate = /\\u[dD][89a-fA-F]/;
/** Number of characters in the escape of one surrogate, such as `\ud800`. */
const loneSurrogateLength = 6;

let writing = false;

/** A number with its original text. Arithmetic uses the nearest double. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  /** JSON.stringify writes a plain number; only `toJson` and `written` keep the digits. */
  toJSON(): unknown {
    return writing ? mark + this.text : Number(this.text);
  }
}

/** Options of parseJson. */
export interface ParseOptions {
  /** Called with a parsed value that contains JsonNumbers; its result replaces the value. */
  readonly kept?: (value: unknown) => unknown;
  /** Maximum number of JsonNumbers. In a text with more, all numbers become plain numbers, so that an oversized text is not parsed twice. */
  readonly most?: number;
}

/** Like JSON.parse, but a number that a round trip would change becomes a JsonNumber. Throws a SyntaxError for invalid JSON. */
export function parseJson(text: string, { kept, most = Number.POSITIVE_INFINITY }: ParseOptions = {}): unknown {
  const value: unknown = JSON.parse(text);
  if (!mayHoldNumber.test(text)) return value;
  let count = 0;
  const marked = text.replace(tokens, (token) => {
    if (token.startsWith('"') || String(Number(token)) === token) return token;
    return ++count > most ? token : `"${mark}${token}"`;
  });
  if (count === 0 || count > most) return value;
  const found = revived(JSON.parse(marked));
  return kept ? kept(found) : found;
}

/** Like JSON.stringify, but JsonNumbers keep their digits. `value` must not be undefined. */
export function toJson(value: unknown): string {
  const before = writing;
  writing = true;
  try {
    return finished(JSON.stringify(value));
  } finally {
    writing = before;
  }
}

/** Calls `encode`, which uses JSON.stringify internally, and returns its result with each string in the form that `toJson` writes. */
export function written<T>(encode: () => readonly T[]): T[] {
  const before = writing;
  writing = true;
  try {
    return encode().map((part) => (typeof part === 'string' ? (finished(part) as T) : part));
  } finally {
    writing = before;
  }
}

/** The JSON text with each lone surrogate replaced by U+FFFD. */
export function wellFormedJson(text: string): string {
  if (!mayHoldLoneSurrogate.test(text)) return text;
  return text.replace(escapes, (unit) => (unit.length === loneSurrogateLength ? '\\ufffd' : unit));
}

function finished(text: string): string {
  // JSON.stringify escapes only lone surrogates, never complete pairs.
  return text.includes('\\ud') ? wellFormedJson(text.replace(writtenMarks, '$1')) : text;
}

/** Replaces marked strings by JsonNumbers in place. A reviver of JSON.parse is ten times slower. */
function revived(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? new JsonNumber(value.slice(mark.length)) : value;
  if (Array.isArray(value)) for (let at = 0; at < value.length; at++) value[at] = revived(value[at]);
  else if (typeof value === 'object' && value !== null) reviveMembers(value as Record<string, unknown>);
  return value;
}

function reviveMembers(members: Record<string, unknown>): void {
  for (const key of Object.keys(members)) {
    const item = members[key];
    // Assigning an existing own `__proto__` field does not change the prototype.
    if (typeof item === 'string' || typeof item === 'object') members[key] = revived(item);
  }
}
