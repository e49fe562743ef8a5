// Reads and writes word lists, each as a whole, in the record that edges follow. Filters no messages; edges do.
import type { RecordField } from '@danmux/bus';
import { decodeWordLists, encodeWordList, listOfField, removedWordList, ruleRecords } from '@danmux/policy';
import { DanmuxError, limits, type WordList } from '@danmux/protocol';
import { newId } from '@danmux/runtime';
import type { Services } from '../services.ts';

/** Maximum attempts of a change. In each round one of the concurrent writers succeeds, so up to 20 writers all succeed. */
const tries = 20;

export async function readWordLists({ bus }: Services): Promise<ReadonlyMap<string, WordList>> {
  const { fields } = await bus.records.get(ruleRecords.words);
  const lists = [...decodeWordLists(fields)].filter((entry): entry is [string, WordList] => entry[1] !== null);
  return new Map(lists);
}

/** Creates or replaces a list. Throws `conflict` when the maximum number of lists is reached. */
export async function writeWordList(services: Services, name: string, list: WordList): Promise<void> {
  await change(services, (present) => {
    const names = new Set([...present].map(listOfField)).add(name);
    if (names.size > limits.wordLists)
      throw new DanmuxError('conflict', { message: `There are already ${limits.wordLists} word lists, the maximum; remove one first.` });
    return encodeWordList(name, list, newId(), present);
  });
}

/** Throws `not_found` when no list has this name. */
export async function removeWordList(services: Services, name: string): Promise<void> {
  await change(services, (present) => {
    const fields = removedWordList(name, present);
    if (fields.size === 0) throw unknownList(name);
    return fields;
  });
}

export function unknownList(name: string): DanmuxError {
  return new DanmuxError('not_found', { message: `No word list is named "${name}".` });
}

async function change({ bus }: Services, decide: (present: readonly string[]) => ReadonlyMap<string, RecordField | null>): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const { version, fields } = await bus.records.get(ruleRecords.words);
    if ((await bus.records.setIf(ruleRecords.words, version, decide([...fields.keys()]))) !== null) return;
  }
  throw new DanmuxError('unavailable', { message: 'Too many concurrent changes to the word lists; nothing was changed. Try again.' });
}
