// Parses JSON received from viewers and backends, and replaces lone surrogates. `checkJson` refuses values that a supported client cannot
// decode; its error names the field. Numbers in `data` keep their text; elsewhere 5.0 becomes 5, because schemas require integers.
import { DanmuxError } from '@danmux/protocol';
import { JsonNumber, parseJson, wellFormedJson } from './json.ts';

/** Maximum nesting depth. PHP decodes 512 levels by default and Python fewer than 1,000; real messages need only a few. */
export const deepestJson = 32;

/** The field whose numbers keep their text. */
const dataField = 'data';
const numberParts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Options of parseRequest and parseData. */
export interface RequestOptions {
  /** Called with the parsed value when the value contains JsonNumbers; may throw to refuse it. */
  readonly check?: (value: unknown) => void;
  /** Maximum number of JsonNumbers, as in `ParseOptions`. */
  readonly most?: number;
}

/** Parses a request body or event. Throws a SyntaxError for invalid JSON, and errors of `check`. */
export function parseRequest(text: string, options: RequestOptions = {}): unknown {
  return parsed(text, options, settled);
}

/** Parses a text that is the `data` of a message: all numbers keep their text. Throws like `parseRequest`. */
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
 * Throws `invalid_request` with the path of a value that some client cannot decode: a number outside the range of a double (Go refuses
 * it), more than `deepestJson` levels, or a field named `__proto__` or starting with U+0000 (invalid in PHP objects).
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

/** Builds the path only for objects and numbers with kept text, because building it for every value is slow. */
function checkMember(item: unknown, path: string, key: string | number, depth: number): void {
  if (typeof item === 'object' && item !== null) checkJson(item, `${path}.${key}`, depth + 1);
}

/** Returns the field name, or throws when the name is not allowed. */
function named(key: string, path: string): string {
  if (key === '__proto__') throw refused(`${path} has a field named __proto__`);
  if (key.startsWith('\0')) throw refused(`${path} has a field whose name begins with U+0000`);
  return key;
}

/** Outside `data`, replaces a JsonNumber by a plain number when both have the same value, e.g. 5.0 by 5. */
function settled(value: unknown): unknown {
  if (value instanceof JsonNumber) return isSame(value.text) ? value.valueOf() : value;
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) if (key !== dataField && typeof members[key] === 'object') members[key] = settled(members[key]);
  return value;
}

/** True when the number keeps its value after it is read as a double and written again. */
function isSame(text: string): boolean {
  return decimal(text) === decimal(String(Number(text)));
}

/** A canonical decimal form of the number: all spellings of one value, such as 5, 5.0 and 50e-1, have the same form. */
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
