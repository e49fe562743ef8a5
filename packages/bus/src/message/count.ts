// Reads and writes `count` in a message's data as text, so that sums beyond 2^53 keep their digits. A positive integer, also as a string, is read as
// that number; any other value, and a missing one, is read as 1.
import { fieldText, isObjectText, withField } from './field-text.ts';

/** Largest number of digits of a count. */
const digits = 30;
const integer = new RegExp(`^[1-9]\\d{0,${digits - 1}}$`);

/** The count in a message's `data`, which is JSON text. */
export function countOf(data: string): bigint {
  const stated = isObjectText(data) ? fieldText(data, 'count') : undefined;
  if (stated === undefined) return 1n;
  const text = stated.startsWith('"') ? (JSON.parse(stated) as string).trim() : stated;
  if (integer.test(text)) return BigInt(text);
  // `10.0` and `1e3` are integers too.
  const number = /^[\d.eE+]{1,30}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) && number > 0 ? BigInt(number) : 1n;
}

/** The data with this count. Data that is not an object becomes the field `value` of a new object. */
export function withCount(data: string, count: bigint): string {
  return isObjectText(data) ? withField(data, 'count', String(count)) : `{"value":${data},"count":${count}}`;
}

/** A publication's body with this count in its data. */
export function countedBody(body: string, count: bigint): string {
  return withField(body, 'data', withCount(fieldText(body, 'data') ?? 'null', count));
}
