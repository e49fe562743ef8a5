// JSON as it comes in by a door: strings are made well-formed, what some reader of ours could not decode is refused by the name of its
// field. Of a message's `data` every number keeps its text; elsewhere 5.0 is 5, as schemas of whole numbers want it.
import { DanmuxError } from '@danmux/protocol';
import { JsonNumber, parseJson, wellFormedJson } from './json.ts';

/** PHP reads 512 levels by default, Python fewer than 1,000; nobody means more than a few. */
export const deepestJson = 32;

/** The member that travels as its text. */
const carried = 'data';
const numberParts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

export interface RequestOptions {
  /** Is asked about a text with numbers that keep their text; may throw. */
  readonly check?: (value: unknown) => void;
  /** As of parseJson. */
  readonly most?: number;
}

/** Throws a SyntaxError, and what `check` throws. */
export function parseRequest(text: string, options: RequestOptions = {}): unknown {
  return parsed(text, options, settled);
}

/** The same for a text that is the data of a message as a whole: all its numbers keep their text. */
export function parseData(text: string, options: RequestOptions = {}): unknown {
  return parsed(text, options, (value) => value);
}

function parsed(text: string, { check, ...rest }: RequestOptions, done: (value: unknown) => unknown): unknown {
  const kept = (value: unknown) => {
    check?.(value);
    return done(value);
  };
  return parseJson(wellFormedJson(text), { ...rest, kept });
}

/**
 * Throws `invalid_request` with the path of what cannot be handed on: a number beyond a double's range (Go refuses it), more levels than
 * `deepestJson`, a field that is named `__proto__` or begins with U+0000 (PHP's objects have none).
 */
export function checkJson(value: unknown, path: string, depth = 1): void {
  if (typeof value !== 'object' || value === null) return;
  if (value instanceof JsonNumber) {
    if (!Number.isFinite(value.valueOf())) throw refused(`${path} is ${shown(value.text)}, which is beyond the range of a number`);
    return;
  }
  if (depth > deepestJson) throw refused(`${path.slice(0, 64)}… nests deeper than ${deepestJson} levels`);
  if (Array.isArray(value)) for (const [index, item] of value.entries()) checkMember(item, path, index, depth);
  else for (const key of Object.keys(value)) checkMember((value as Record<string, unknown>)[key], path, named(key, path), depth);
}

/** The path is made only for what may be refused. */
function checkMember(item: unknown, path: string, key: string | number, depth: number): void {
  if (typeof item === 'object' && item !== null) checkJson(item, `${path}.${key}`, depth + 1);
}

/** Throws when a field of this name is refused. */
function named(key: string, path: string): string {
  if (key === '__proto__') throw refused(`${path} has a field named __proto__`);
  if (key.startsWith('\0')) throw refused(`${path} has a field whose name begins with U+0000`);
  return key;
}

/** Outside `data` a number that was only written otherwise is the number it is. */
function settled(value: unknown): unknown {
  if (value instanceof JsonNumber) return isSame(value.text) ? value.valueOf() : value;
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) if (key !== carried && typeof members[key] === 'object') members[key] = settled(members[key]);
  return value;
}

/** True when the nearest double is the number that was written, and none beside it. */
function isSame(text: string): boolean {
  return decimal(text) === decimal(String(Number(text)));
}

/** One form for all ways to write a number. */
function decimal(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = numberParts.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const short = digits.replace(/0+$/, '');
  return short === '' ? '0' : `${sign}${short}e${Number(exponent) - fraction.length + digits.length - short.length}`;
}

function shown(text: string): string {
  return text.length > 32 ? `${text.slice(0, 32)}…` : text;
}

function refused(what: string): DanmuxError {
  return new DanmuxError('invalid_request', { message: `${what}.` });
}
