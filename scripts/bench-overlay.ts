// `npm run bench:overlay`: measures the cost of danmaku on a page at 150 messages/s, drawn by this SDK and by the npm library `danmaku` in the same run:
// frames, main thread time, memory and DOM nodes over 100,000 messages. A benchmark, not a test: other programs on the machine distort it.
// `--only danmux` skips the library, `--messages 0` skips memory, `--write` updates docs/performance.md. It needs the bundles (`node scripts/build-web.mjs`).
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { startBrowser } from '@danmux/testkit';
import type { Browser } from 'playwright-core';
import { BenchPage, type Cost, size } from './overlay-bench/bench-page.ts';
import { type Contestant, contestants } from './overlay-bench/contestants.ts';
import type { Watched } from './overlay-bench/feed.ts';
import { writeSection } from './overlay-bench/performance-section.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '150' },
    seconds: { type: 'string', default: '6' },
    windows: { type: 'string', default: '4' },
    messages: { type: 'string', default: '100000' },
    only: { type: 'string', default: '' },
    write: { type: 'boolean', default: false },
  },
});
const [rate, seconds, messages] = [Number(values.rate), Number(values.seconds), Number(values.messages)];
const durationMs = 8_000;
/**
 * The memory run makes flights shorter and messages more frequent by this factor, so that as many messages are on screen and the run takes less
 * time.
 */
const hurry = 40;
/** A limit for the library, which gets slower with every message. */
const atMostSeconds = 30;
const chosen = contestants.filter(({ name }) => name.startsWith(values.only));

const round = (value: number, digits = 1) => value.toFixed(digits);
const percent = (share: number) => `${round(share * 100)} %`;
const mebibytes = (bytes: number) => `${round(bytes / 2 ** 20)} MiB`;

/** Returns the window in which other programs used the least CPU. */
async function calmest(page: BenchPage, offered: number): Promise<{ seen: Watched; before: Cost; after: Cost }> {
  const windows: { seen: Watched; before: Cost; after: Cost; others: number }[] = [];
  for (let window = 0; window < Number(values.windows); window++) {
    const before = await page.cost();
    const seen = await page.watch({ rate: offered, seconds });
    const after = await page.cost();
    windows.push({ seen, before, after, others: (after.otherSeconds - before.otherSeconds) / seen.seconds });
  }
  const [calm] = windows.sort((a, b) => a.others - b.others);
  if (!calm) throw new Error('--windows must be 1 or more');
  return calm;
}

async function frames(browser: Browser, contestant: Contestant, offered: number): Promise<{ cells: string[]; shownRate: number }> {
  const page = await BenchPage.open(browser, contestant, durationMs);
  // Wait until the number of messages on screen is steady.
  await page.watch({ rate: offered, seconds: durationMs / 1_000 + 1 });
  const { seen, before, after } = await calmest(page, offered);
  await page.close();
  const kept = seen.offered - (seen.dropped ?? 0);
  return {
    cells: [
      `${round(offered, 0)}/s`,
      round(seen.frames / seen.seconds),
      `${round(seen.gapP99)} ms`,
      percent((after.taskSeconds - before.taskSeconds) / seen.seconds),
      percent((after.coreSeconds - before.coreSeconds) / seen.seconds),
      percent((after.browserSeconds - before.browserSeconds) / seen.seconds),
      percent((after.otherSeconds - before.otherSeconds) / seen.seconds),
      round(seen.shown, 0),
      `${round(kept / seen.seconds)}/s`,
      seen.dropped === null ? 'never drops' : `${round(seen.dropped / seen.seconds)}/s`,
    ],
    shownRate: kept / seen.seconds,
  };
}

async function memory(browser: Browser, contestant: Contestant): Promise<string[]> {
  const page = await BenchPage.open(browser, contestant, durationMs / hurry);
  const perFrame = Math.round((rate * hurry) / 60);
  const first = await page.pour({ messages: messages / 10, perFrame, atMostSeconds });
  const early = await page.cost(true);
  const since = performance.now();
  const rest = await page.pour({ messages: (messages * 9) / 10, perFrame, atMostSeconds });
  const took = (performance.now() - since) / 1_000;
  const late = await page.cost(true);
  await page.close();
  const said = (count: number) => count.toLocaleString('en');
  return [said(first), mebibytes(early.heapBytes), String(early.nodes), said(first + rest), mebibytes(late.heapBytes), String(late.nodes), `${round(took)} s`];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function memoryReport(): string[] {
  return [
    `Memory, garbage collected, time ${hurry} times as fast, ${messages.toLocaleString('en')} messages or as many as ${atMostSeconds} s allow:`,
    table(['', 'after', 'heap', 'nodes', 'after', 'heap', 'nodes', 'between the two'], kept),
  ];
}

const browser = await startBrowser();
const drawn: string[][] = [];
const kept: string[][] = [];
let shownRate = rate;
for (const contestant of chosen) {
  console.error(`${contestant.name} …`);
  const measured = await frames(browser, contestant, rate);
  if (contestant.name === 'danmux dom') shownRate = measured.shownRate;
  drawn.push([contestant.name, ...measured.cells]);
}
for (const contestant of chosen.filter(({ name }) => name.startsWith('danmaku'))) {
  console.error(`${contestant.name}, fed only the messages that danmux shows …`);
  drawn.push([contestant.name, ...(await frames(browser, contestant, shownRate)).cells]);
}
for (const contestant of messages > 0 ? chosen : []) {
  console.error(`${contestant.name}, memory …`);
  kept.push([contestant.name, ...(await memory(browser, contestant))]);
}
const version = browser.version();
await browser.close();

const report = [
  `Headless Chromium ${version}, no GPU, ${size.width}×${size.height}, ${cpus().length} cores; ${rate} messages a second in batches of 50 ms, 20 px, 8 s across, after 9 s ${values.windows} windows of ${seconds} s; the window in which other programs used the least CPU counts.`,
  table(
    ['', 'offered', 'frames/s', 'frame gap p99', 'main thread busy', 'its CPU', 'whole browser CPU', 'other programs CPU', 'on screen', 'taken', 'dropped'],
    drawn,
  ),
  ...(messages > 0 ? memoryReport() : []),
].join('\n\n');
console.log(report);
if (values.write) writeSection(report);
