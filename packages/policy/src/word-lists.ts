// Format of word lists in the record `words`. A field holds at most 64 KiB, so a list is split into the fields `NAME`, `NAME#1`, `NAME#2` … of
// one revision. A reader gets the whole list, or null while parts of two revisions are mixed. Word matching happens elsewhere.
import type { RecordField } from '@danmux/bus';
import type { WordList } from '@danmux/protocol';

/** Separates the name of a list from the number of a part in a field name. List names cannot contain it. */
const partSign = '#';
/** UTF-8 bytes of words in one part; the rest of the 64 KiB is for the part's other members. */
const partBytes = 49_152;

interface FirstPart extends WordList {
  readonly revision: string;
  /** Number of parts, including this one. */
  readonly parts: number;
}
interface FurtherPart {
  readonly revision: string;
  readonly words: readonly string[];
}

/** Encodes a list as fields. The result also removes parts of an older revision: `present` are the record's current field names. */
export function encodeWordList(name: string, list: WordList, revision: string, present: Iterable<string>): Map<string, RecordField | null> {
  const fields = removedWordList(name, present);
  const [words = [], ...further] = cut(list.words);
  const first: FirstPart = { ...list, words, revision, parts: further.length + 1 };
  fields.set(name, { value: JSON.stringify(first) });
  for (const [index, part] of further.entries())
    fields.set(`${name}${partSign}${index + 1}`, { value: JSON.stringify({ revision, words: part } satisfies FurtherPart) });
  return fields;
}

/** Returns the changes that remove every part of a list; empty when the list does not exist. */
export function removedWordList(name: string, present: Iterable<string>): Map<string, RecordField | null> {
  return new Map([...present].filter((field) => listOfField(field) === name).map((field) => [field, null]));
}

/** Name of the list to which a field belongs. */
export function listOfField(field: string): string {
  return field.split(partSign, 1)[0] ?? field;
}

/**
 * Decodes every list that has a first part, sorted by name. A list is null when its parts are malformed or of different revisions; the caller
 * then keeps the previous list and reads again. Never throws.
 */
export function decodeWordLists(fields: ReadonlyMap<string, Pick<RecordField, 'value'>>): ReadonlyMap<string, WordList | null> {
  const names = [...fields.keys()].filter((field) => !field.includes(partSign)).sort();
  return new Map(names.map((name) => [name, decodeWordList(name, fields)]));
}

function decodeWordList(name: string, fields: ReadonlyMap<string, Pick<RecordField, 'value'>>): WordList | null {
  const first = parsed<FirstPart>(fields.get(name)?.value);
  if (!first?.words || !first.action) return null;
  const { revision, parts, words, ...rest } = first;
  const all = [...words];
  for (let index = 1; index < parts; index++) {
    const part = parsed<FurtherPart>(fields.get(`${name}${partSign}${index}`)?.value);
    if (part?.revision !== revision) return null;
    for (const word of part.words) all.push(word);
  }
  return { ...rest, words: all };
}

function parsed<T>(text: string | undefined): T | null {
  if (text === undefined) return null;
  try {
    return JSON.parse(text) as T;
  } catch {
    // The field is not JSON, so danmux did not write it. Null makes the list unreadable.
    return null;
  }
}

function cut(words: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  let bytes = 0;
  for (const word of words) {
    const size = Buffer.byteLength(JSON.stringify(word)) + 1;
    if (bytes + size > partBytes) {
      parts.push([]);
      bytes = 0;
    }
    bytes += size;
    parts.at(-1)?.push(word);
  }
  return parts;
}
