// `npm run bench:words`: measures the word filter: building it from 10,000 words, and checking messages of 5 KB. Prints median and
// 99th percentile. A benchmark, not a test: other programs on the core distort it.

import { inSlices } from '../packages/edge/src/moderation/filter/in-slices.ts';
import { WordFilter } from '../packages/edge/src/moderation/filter/word-filter.ts';
import type { WordList } from '../packages/protocol/src/moderation.ts';

const words = 10_000;
const bytes = 5_000;
const rounds = 2_000;
const latin = 'abcdefghijklmnopqrstuvwxyz';

/** A seeded generator, so that every run uses the same words. */
function makeRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const random = makeRandom(7);
const many = (count: number, make: () => string) => Array.from({ length: count }, make).join('');
const latinWord = () => many(4 + random(8), () => latin[random(26)] ?? 'a');
/** A random word of 2 to 5 Chinese characters, from a block of 1,500 characters. */
const hanWord = () => many(2 + random(4), () => String.fromCharCode(0x4e00 + random(1_500)));

function messageOf(piece: () => string): string {
  let text = '';
  while (Buffer.byteLength(text) < bytes) text += piece();
  return text;
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

function report(what: string, times: number[]): void {
  times.sort((a, b) => a - b);
  console.log(`${what.padEnd(58)} median ${percentile(times, 0.5).toFixed(3)} ms   p99 ${percentile(times, 0.99).toFixed(3)} ms`);
}

const texts = Array.from({ length: words }, (_, at) => (at % 2 === 0 ? latinWord() : hanWord()));
const lists = new Map<string, WordList>([
  ['masked', { action: 'mask', words: texts.slice(0, words / 2) }],
  ['held', { action: 'hold', words: texts.slice(words / 2) }],
]);

async function build(): Promise<WordFilter> {
  const slices: number[] = [];
  const whole: number[] = [];
  let filter: WordFilter | null = null;
  for (let round = 0; round < 20; round++) {
    const began = performance.now();
    let resumed = began;
    const work = WordFilter.compile(lists);
    const measured = (function* (): Generator<void, WordFilter> {
      for (;;) {
        const { done, value } = work.next();
        if (done) return value;
        const now = performance.now();
        if (now - resumed > 3.9) {
          slices.push(now - resumed);
          setImmediate(() => {
            resumed = performance.now();
          });
        }
        yield;
      }
    })();
    filter = await inSlices(measured);
    whole.push(performance.now() - began);
  }
  report(`built of ${words} words, in all`, whole);
  report('slices, in which the event loop is blocked', slices);
  if (!filter) throw new Error('the filter was not built');
  return filter;
}

const filter = await build();
const kinds: Readonly<Record<string, () => string>> = {
  'Chinese, few words of the list': () => (random(60) === 0 ? hanWord() : many(9, () => String.fromCharCode(0x4e00 + random(4_000)))),
  'English, few words of the list': () => `${random(60) === 0 ? (texts[random(words / 2) * 2] ?? '') : latinWord()} `,
  'nothing but words of the list, masked': () => `${texts[random(words / 4) * 2] ?? ''} `,
  'nothing but words of the list, with blanks and marks': () => `${[...(texts[random(words / 4) * 2] ?? '')].join('\u200b\u0301 ')} `,
  emoji: () => '👨‍👩‍👧🏽❤️',
};
for (const [kind, piece] of Object.entries(kinds)) {
  const times: number[] = [];
  const messages = Array.from({ length: 50 }, () => ({ text: messageOf(piece) }));
  for (let round = 0; round < rounds; round++) {
    const began = performance.now();
    filter.judge('live:1', messages[round % messages.length]);
    if (round >= 100) times.push(performance.now() - began);
  }
  report(`${bytes} bytes: ${kind}`, times);
}
