// Bulk recalls in the sorted set of a room's recalled ids. Their names begin with NUL, which no message id contains, so a process of an older
// release reads them as ids of messages that do not exist.
import type { RecallScope } from '@danmux/protocol';
import type { Recalled } from '../contract/streams.ts';

const mark = '\u0000bulk ';

export function bulkName(scope: RecallScope): string {
  return mark + JSON.stringify(scope);
}

/** Decodes an answer of ZRANGEBYSCORE … WITHSCORES: each name is followed by its time. */
export function decodeRecalls(answer: readonly string[]): Recalled {
  const ids: string[] = [];
  const bulk: Recalled['bulk'][number][] = [];
  for (let at = 0; at < answer.length; at += 2) {
    const name = answer[at] ?? '';
    if (name.startsWith(mark)) bulk.push({ scope: JSON.parse(name.slice(mark.length)) as RecallScope, at: Number(answer[at + 1]) });
    else ids.push(name);
  }
  return { ids, bulk };
}
