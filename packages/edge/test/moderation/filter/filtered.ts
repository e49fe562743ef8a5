// A word filter of given lists, compiled at once.
import type { WordList } from '@danmux/protocol';
import { WordFilter } from '../../../src/moderation/filter/word-filter.ts';

export function filterOf(lists: Readonly<Record<string, WordList>>): WordFilter {
  const work = WordFilter.compile(new Map(Object.entries(lists)));
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

export const masking = (...words: string[]): WordFilter => filterOf({ list: { action: 'mask', words } });

/** The text as viewers would see it. */
export function masked(filter: WordFilter, text: string): unknown {
  return filter.judge('live:1', text).data;
}

export const caught = (filter: WordFilter, text: string): boolean => filter.judge('live:1', text).action !== 'pass';
