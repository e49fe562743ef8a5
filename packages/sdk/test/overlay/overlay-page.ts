// A fixture: an overlay in a Chromium page, created with the settings of each test; collects the errors of the page.
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '@danmux/testkit';
import type { Browser, Page } from 'playwright-core';
import type { Overlay, OverlaySettings } from '../../src/index.ts';

declare global {
  /** The overlay under test, a global of the page. */
  var overlay: Overlay;
  var Danmux: { readonly Overlay: typeof Overlay };
  var nextFrame: () => Promise<void>;
}

const bundle = fileURLToPath(new URL('../../../web/dist/sdk/danmux.iife.js', import.meta.url));
const html = '<!doctype html><style>body{margin:0}</style><div id="stage" style="position:relative;width:1000px;height:500px;background:#234"></div>';

export class OverlayPage {
  readonly page: Page;
  readonly #browser: Browser;
  readonly #complaints: string[] = [];

  private constructor(browser: Browser, page: Page) {
    this.#browser = browser;
    this.page = page;
    page.on('pageerror', (error) => this.#complaints.push(String(error)));
  }

  static async start(): Promise<OverlayPage> {
    const browser = await startBrowser();
    const page = await browser.newPage({ viewport: { width: 1_000, height: 500 } });
    const opened = new OverlayPage(browser, page);
    // A page without an address, such as about:blank, has no localStorage.
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: html }));
    await page.goto('http://overlay.localhost/');
    // tsx compiles functions to call `__name`, which the page must define.
    await page.evaluate('globalThis.__name = (named) => named; globalThis.nextFrame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()))');
    await page.addScriptTag({ path: bundle });
    return opened;
  }

  /** Replaces the overlay by a new one. */
  async open(settings: Partial<OverlaySettings> = {}): Promise<void> {
    await this.page.evaluate((given) => {
      globalThis.overlay?.destroy();
      const stage = document.getElementById('stage') as HTMLElement;
      stage.style.width = '1000px';
      globalThis.overlay = new Danmux.Overlay(stage, given);
    }, settings);
  }

  /** The ids of the elements of this kind on screen. */
  ids(name: 'danmaku' | 'gift-banner' | 'superchat-pin'): Promise<string[]> {
    return this.page.locator(`[data-testid=${name}]`).evaluateAll((elements) => elements.map((element) => element.getAttribute('data-id') ?? ''));
  }

  /** The ids of the danmaku in flight, with either renderer. */
  async flying(): Promise<string[]> {
    return (await this.page.evaluate(() => overlay.boxes())).map(({ id }) => id);
  }

  /** Call after each test: fails when the page has reported an error. */
  assertCalm(): void {
    assert.deepEqual(this.#complaints.splice(0), []);
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }
}
