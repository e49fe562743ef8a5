// JSON whose digits and characters survive a round trip. `parseJson` keeps a number that a double cannot hold (or would write otherwise,
// as 1.0) as its text, `toJson` writes that text again; half a surrogate pair, which PHP refuses, becomes U+FFFD both ways.
// Ordinary text takes the engine's own JSON with one look over it besides. It knows no schema and refuses nothing but what is no JSON.
import { randomBytes } from 'node:crypto';

/** Opens the text of a number inside a string: nobody can guess it, and no well-formed text holds its first character. */
const secret = randomBytes(12).toString('hex');
const mark = `\ud800${secret}`;
const writtenMarks = new RegExp(`"\\\\ud800${secret}([^"]+)"`, 'g');

/** A number that may not survive: it is long, or has a fraction or an exponent, or is -0. Strings may look like one. */
const mayHoldNumber = /(?:^|[[:,\s])(?:-0|-?\d{16}|-?\d{1,15}[.eE])/;
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs;

/** JSON escapes one by one; a whole pair is one. */
const escapes = /\\(?:u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|u[dD][89a-fA-F][\da-fA-F]{2}|.)/gs;
const mayHoldHalf = /\\u[dD][89a-fA-F]/;
const halfLength = 6;

let writing = false;

/** A number as it was written. Arithmetic on it goes by the nearest double. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  valueOf(): number {
    return Number(this.text);
  }

  /** Only `toJson` keeps the digits. */
  toJSON(): unknown {
    return writing ? mark + this.text : Number(this.text);
  }
}

export interface ParseOptions {
  /** Is given a value that holds JsonNumbers; what it returns stands for it. */
  readonly kept?: (value: unknown) => unknown;
  /** With more numbers that would change than this, none is kept: for texts that are refused as too large later. */
  readonly most?: number;
}

/** As JSON.parse, but for numbers that would change: those are JsonNumbers. Throws a SyntaxError. */
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

/** As JSON.stringify of a value that is not undefined; JsonNumbers keep their digits. */
export function toJson(value: unknown): string {
  const before = writing;
  writing = true;
  try {
    return finished(JSON.stringify(value));
  } finally {
    writing = before;
  }
}

/** Of an encoder that uses JSON.stringify itself: the texts it makes, as `toJson` would have made them. */
export function written<T>(encode: () => readonly T[]): T[] {
  const before = writing;
  writing = true;
  try {
    return encode().map((part) => (typeof part === 'string' ? (finished(part) as T) : part));
  } finally {
    writing = before;
  }
}

/** The same JSON text with U+FFFD for every half of a surrogate pair. */
export function wellFormedJson(text: string): string {
  if (!mayHoldHalf.test(text)) return text;
  return text.replace(escapes, (unit) => (unit.length === halfLength ? '\\ufffd' : unit));
}

function finished(text: string): string {
  // What JSON.stringify escapes of this kind is never a whole pair.
  return text.includes('\\ud') ? wellFormedJson(text.replace(writtenMarks, '$1')) : text;
}

/** In its place: a reviver of JSON.parse takes ten times as long. */
function revived(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith(mark) ? new JsonNumber(value.slice(mark.length)) : value;
  if (Array.isArray(value)) for (let at = 0; at < value.length; at++) value[at] = revived(value[at]);
  else if (typeof value === 'object' && value !== null) reviveMembers(value as Record<string, unknown>);
  return value;
}

function reviveMembers(members: Record<string, unknown>): void {
  for (const key of Object.keys(members)) {
    const item = members[key];
    // An own `__proto__` stays one: it is there already.
    if (typeof item === 'string' || typeof item === 'object') members[key] = revived(item);
  }
}
