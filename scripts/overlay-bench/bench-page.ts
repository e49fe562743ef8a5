// A Chromium page with one contestant, and its cost as the browser reports it: main thread time, memory, DOM nodes.
import { cpus } from 'node:os';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { begin, type Contestant, type Drawn } from './contestants.ts';
import { type Poured, pour, sayings, type Watched, watch } from './feed.ts';

export interface Cost {
  /** Seconds of work on the main thread of the page. */
  readonly taskSeconds: number;
  /** CPU seconds of that work. They are less than `taskSeconds` when other programs used the cores or the thread waited for the compositor. */
  readonly coreSeconds: number;
  /** CPU seconds of the whole browser, and of all other programs. */
  readonly browserSeconds: number;
  readonly otherSeconds: number;
  readonly heapBytes: number;
  readonly nodes: number;
}

interface BenchScope {
  drawn: Drawn;
  next: ReturnType<typeof sayings>;
}

export const size = { width: 1_280, height: 720 };
const html = `<!doctype html><style>body{margin:0;background:#123}</style><div id="stage" style="position:relative;overflow:hidden;width:${size.width}px;height:${size.height}px"></div>`;

export class BenchPage {
  readonly #page: Page;
  readonly #devtools: CDPSession;
  readonly #browser: CDPSession;

  private constructor(page: Page, devtools: CDPSession, browser: CDPSession) {
    this.#page = page;
    this.#devtools = devtools;
    this.#browser = browser;
  }

  static async open(browser: Browser, { script, engine }: Contestant, durationMs: number): Promise<BenchPage> {
    const page = await browser.newPage({ viewport: size });
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    await page.setContent(html);
    // tsx wraps functions in a naming helper that the page does not have.
    await page.evaluate('globalThis.__name = (named) => named');
    await page.addScriptTag({ path: script });
    await page.evaluate(`globalThis.next = (${sayings})(); globalThis.watch = ${watch}; globalThis.pour = ${pour}`);
    await page.evaluate(`globalThis.drawn = (${begin})(${JSON.stringify({ engine, durationMs })})`);
    return new BenchPage(page, devtools, await browser.newBrowserCDPSession());
  }

  watch(pace: { rate: number; seconds: number }): Promise<Watched> {
    return this.#page.evaluate((given) => {
      const { drawn, next, watch: watching } = globalThis as unknown as BenchScope & { watch: typeof watch };
      return watching(drawn, next, given);
    }, pace);
  }

  pour(amount: Poured): Promise<number> {
    return this.#page.evaluate((given) => {
      const { drawn, next, pour: pouring } = globalThis as unknown as BenchScope & { pour: typeof pour };
      return pouring(drawn, next, given);
    }, amount);
  }

  /** Reads the counters so far and the current heap and nodes. When `collected` is true, it runs the garbage collector first. */
  async cost(collected = false): Promise<Cost> {
    if (collected) {
      await this.#devtools.send('HeapProfiler.enable');
      await this.#devtools.send('HeapProfiler.collectGarbage');
      await this.#devtools.send('HeapProfiler.disable');
    }
    const { processInfo } = await this.#browser.send('SystemInfo.getProcessInfo');
    const browserSeconds = processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    const { metrics } = await this.#devtools.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? 0;
    return {
      taskSeconds: of('TaskDuration'),
      coreSeconds: of('ThreadTime'),
      browserSeconds,
      otherSeconds: busySeconds() - browserSeconds,
      heapBytes: of('JSHeapUsedSize'),
      nodes: of('Nodes'),
    };
  }

  async close(): Promise<void> {
    await this.#browser.detach();
    await this.#page.close();
  }
}

/** Busy seconds of all cores since boot. */
function busySeconds(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) / 1_000;
}
