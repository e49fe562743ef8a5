// A fixture: a browser page of the console that collects its errors. Axe is injected before the page's scripts, so that the content security policy
// need not allow it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
export interface ConsolePage {
  readonly page: Page;
  /** Errors and warnings of the browser's console, scripts and content security policy. */
  readonly complaints: readonly string[];
}

export interface ConsoleOptions {
  readonly width?: number;
  readonly locale?: string;
  readonly hash?: string;
  /** True: the test controls the page's clock. */
  readonly clock?: boolean;
}

/** Opens the console, and logs in when a key is given; `hash` names the page to open. */
export async function openConsole(browser: Browser, url: string, key: string | null, options: ConsoleOptions = {}): Promise<ConsolePage> {
  const { width = 1_280, locale = 'en-US', hash = '', clock = false } = options;
  const context = await browser.newContext({ viewport: { width, height: 900 }, locale });
  await context.addInitScript({ path: axe });
  const page = await context.newPage();
  if (clock) await page.clock.install();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${url}/console/${hash}`);
  if (key !== null) await logIn(page, key);
  return { page, complaints };
}

export async function logIn(page: Page, key: string): Promise<void> {
  await page.getByTestId('api-key').fill(key);
  await page.getByTestId('log-in').click();
  await page.getByTestId('key').waitFor();
}

/** Asserts that axe finds no accessibility problem in the page as shown now. */
export async function mustBeAccessible(page: Page, where: string): Promise<void> {
  const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  const found = results.violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
  assert.deepEqual(found, [], where);
}

/** Asserts that no content is wider than the window. */
export async function mustFit(page: Page, where: string): Promise<void> {
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(tooWide, 0, `${where} is ${tooWide} px too wide`);
}
