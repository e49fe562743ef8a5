// A viewer in a real browser: an empty page with the SDK and its overlay. The page records received messages, errors and state changes.

import type * as Sdk from '@danmux/sdk';
import type { Browser, Page } from 'playwright-core';

interface Kept {
  readonly ids: Record<string, string[]>;
  readonly errors: string[];
  readonly states: string[];
  readonly gaps: { lane: string; count: number; reason: string }[];
  shownAt: Record<string, number>;
}

type Watching = typeof globalThis & { Danmux: typeof Sdk; kept: Kept; client: Sdk.Client };

export class PageViewer {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** `api` serves the SDK; `urls` are the edges. Resolves when the room is joined. */
  static async open(browser: Browser, { api, urls, room, token }: { api: string; urls: readonly string[]; room: string; token: string }): Promise<PageViewer> {
    // The viewer runs on the index page of the api, so that it has the api's origin. `bypassCSP`, because the page's policy forbids scripts.
    const context = await browser.newContext({ bypassCSP: true, viewport: { width: 800, height: 450 } });
    const page = await context.newPage();
    await page.goto(api);
    await page.addScriptTag({ url: `${api}/sdk/danmux.iife.js` });
    await page.evaluate(watch, { urls, room, token });
    await page.waitForFunction(() => (globalThis as Watching).client.state === 'online');
    return new PageViewer(page);
  }

  kept(): Promise<Kept> {
    return this.page.evaluate(() => (globalThis as Watching).kept);
  }

  close(): Promise<void> {
    return this.page.context().close();
  }
}

/** Runs inside the page. */
async function watch({ urls, room, token }: { urls: readonly string[]; room: string; token: string }): Promise<void> {
  const page = globalThis as Watching;
  const kept: Kept = { ids: {}, errors: [], states: [], gaps: [], shownAt: {} };
  page.kept = kept;
  addEventListener('error', ({ message }) => kept.errors.push(message));
  addEventListener('unhandledrejection', ({ reason }) => kept.errors.push(String(reason)));
  document.body.replaceChildren();
  Object.assign(document.body.style, { position: 'fixed', inset: '0', margin: '0', background: '#111' });
  const client = page.Danmux.createClient({ url: urls, token });
  page.client = client;
  client.on('error', ({ message }) => kept.errors.push(message));
  client.on('state', (state) => kept.states.push(state));
  const joined = client.join(room);
  joined.on('error', ({ message }) => kept.errors.push(message));
  joined.on('gap', ({ lane, count, reason }) => kept.gaps.push({ lane, count, reason }));
  page.Danmux.bind(joined, new page.Danmux.Overlay(document.body));
  joined.on('message', ({ id, lane }) => {
    kept.ids[lane] = [...(kept.ids[lane] ?? []), id];
    kept.shownAt[id] = Date.now();
  });
  await new Promise<void>((resolve) => joined.on('joined', () => resolve()));
}
