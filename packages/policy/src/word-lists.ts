// How word lists stand in the record `words`: a field holds 64 KiB, so a list is cut into parts, `NAME` and `NAME#1`, `NAME#2` …,
// of one revision. Who reads sees a list as a whole or, while parts of two revisions meet, not at all; it judges no words.
import type { RecordField } from '@danmux/bus';
import type { WordList } from '@danmux/protocol';

/** `#` stands in no name. */
const partSign = '#';
/** UTF-8 bytes of one part's words; what else stands in a field has the rest of its 64 KiB. */
const partBytes = 49_152;

interface FirstPart extends WordList {
  readonly revision: string;
  /** How many there are, this one counted. */
  readonly parts: number;
}
interface FurtherPart {
  readonly revision: string;
  readonly words: readonly string[];
}

/** The fields a list becomes; parts of an older one among `present` are removed with the same step. */
export function encodeWordList(name: string, list: WordList, revision: string, present: Iterable<string>): Map<string, RecordField | null> {
  const fields = removedWordList(name, present);
  const [words = [], ...further] = cut(list.words);
  const first: FirstPart = { ...list, words, revision, parts: further.length + 1 };
  fields.set(name, { value: JSON.stringify(first) });
  for (const [index, part] of further.entries())
    fields.set(`${name}${partSign}${index + 1}`, { value: JSON.stringify({ revision, words: part } satisfies FurtherPart) });
  return fields;
}

/** The removal of every part of a list; empty when there is none. */
export function removedWordList(name: string, present: Iterable<string>): Map<string, RecordField | null> {
  return new Map([...present].filter((field) => listOfField(field) === name).map((field) => [field, null]));
}

/** The list a field of the record belongs to. */
export function listOfField(field: string): string {
  return field.split(partSign, 1)[0] ?? field;
}

/**
 * Every list that has a first part, by name, sorted. Null: its parts do not fit together now; keep what there was, and read again.
 * Throws nothing: a field that is not of this form makes its list null.
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
    // Nothing of ours: the null says that the list cannot be read.
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
