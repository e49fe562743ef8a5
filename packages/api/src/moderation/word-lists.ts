// Word lists in their record, written and read as a whole. It filters no message.
import type { RecordField } from '@danmux/bus';
import { decodeWordLists, encodeWordList, listOfField, removedWordList, ruleRecords } from '@danmux/policy';
import { DanmuxError, limits, type WordList } from '@danmux/protocol';
import { newId } from '@danmux/runtime';
import type { Services } from '../services.ts';

/** Concurrent writers; each round one of them succeeds. */
const tries = 20;

export async function readWordLists({ bus }: Services): Promise<ReadonlyMap<string, WordList>> {
  const { fields } = await bus.records.get(ruleRecords.words);
  const lists = [...decodeWordLists(fields)].filter((entry): entry is [string, WordList] => entry[1] !== null);
  return new Map(lists);
}

/** Throws `conflict` past the maximum number of lists. */
export async function writeWordList(services: Services, name: string, list: WordList): Promise<void> {
  await change(services, (present) => {
    const names = new Set([...present].map(listOfField)).add(name);
    if (names.size > limits.wordLists) throw new DanmuxError('conflict', { message: `There are ${limits.wordLists} word lists already; remove one.` });
    return encodeWordList(name, list, newId(), present);
  });
}

/** Throws `not_found` when there is none. */
export async function removeWordList(services: Services, name: string): Promise<void> {
  await change(services, (present) => {
    const fields = removedWordList(name, present);
    if (fields.size === 0) throw unknownList(name);
    return fields;
  });
}

export function unknownList(name: string): DanmuxError {
  return new DanmuxError('not_found', { message: `There is no word list "${name}".` });
}

async function change({ bus }: Services, decide: (present: readonly string[]) => ReadonlyMap<string, RecordField | null>): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const { version, fields } = await bus.records.get(ruleRecords.words);
    if ((await bus.records.setIf(ruleRecords.words, version, decide([...fields.keys()]))) !== null) return;
  }
  throw new DanmuxError('unavailable', { message: 'The word lists are being changed all the time; nothing was changed.' });
}
