// A whole danmux in this process with the console on its api, and a browser page that keeps whatever it complains about. Axe is put in
// before the page's own scripts, so that its policy stays as it is.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { loadConfig } from '@danmux/runtime';
import { TestViewer } from '@danmux/testkit';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { composeNode, roleNames } from '../../../cli/src/roles.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const adminKey = 'k'.repeat(40);

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
}

export interface Danmux {
  readonly url: string;
  readonly key: string;
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  /** Another key, of these scopes; for every room when `rooms` is absent. */
  makeKey(id: string, scopes: readonly string[], rooms?: readonly string[]): Promise<string>;
  /** In the room, under a token. */
  viewer(room: string, claims: { readonly sub: string; readonly name?: string }): Promise<TestViewer>;
  /** Something is wrong with the process from now on. */
  degrade(code: string, text: string): void;
  /** The api alone is away, and there again on its port. */
  stopApi(): Promise<void>;
  close(): Promise<void>;
}

export async function startDanmux(): Promise<Danmux> {
  const set = {
    ...{ 'viewer.token_secret': 's'.repeat(32), 'api.key': adminKey, 'log.level': 'fatal' },
    ...{ shards: 2, 'api.port': 0, 'edge.port': 0, 'api.drain_ms': 100, 'edge.drain_ms': 100 },
  };
  const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set });
  const node = composeNode(config, roleNames, { write: () => {} });
  for (const part of node.parts) await part.start();
  const { api = '', edge = '' } = node.addresses();
  const url = `http://${api}`;
  const viewers: TestViewer[] = [];
  const stopped = new Set<string>();
  const call = (method: string, path: string, body?: unknown) => request(url, method, path, body);
  return {
    url,
    key: adminKey,
    call,
    makeKey: async (id, scopes, rooms) => (await call('POST', '/v1/keys', { id, scopes, ...(rooms ? { rooms } : {}) })).body.key,
    viewer: async (room, claims) => {
      const { body } = await call('POST', '/v1/tokens', claims);
      const viewer = new TestViewer({ urls: [`http://${edge}`], room, token: body.token });
      viewers.push(viewer);
      await viewer.joined();
      return viewer;
    },
    degrade: (code, text) => node.runtime.degraded.set(code, text),
    stopApi: async () => {
      stopped.add('api');
      await node.parts.find(({ name }) => name === 'api')?.stop();
    },
    close: async () => {
      for (const viewer of viewers) viewer.close();
      for (const part of [...node.parts].reverse()) {
        if (stopped.has(part.name)) continue;
        await part.drain?.();
        await part.stop();
      }
    },
  };
}

async function request(url: string, method: string, path: string, body: unknown): Promise<Answer> {
  const headers = { authorization: `Bearer ${adminKey}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  return { status: response.status, body: await response.json() };
}

export interface ConsolePage {
  readonly page: Page;
  /** What the page's console, its scripts and its policy complained about. */
  readonly complaints: readonly string[];
}

export interface ConsoleOptions {
  readonly width?: number;
  readonly locale?: string;
  readonly hash?: string;
  /** The page's clock is the test's. */
  readonly clock?: boolean;
}

/** The console at its door, or at a place of it when there is a key to log in with. */
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

/** Axe finds nothing wrong with what the page shows now. */
export async function mustBeAccessible(page: Page, where: string): Promise<void> {
  const results = await page.evaluate(() => (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run());
  const found = results.violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary}`);
  assert.deepEqual(found, [], where);
}

/** Nothing is wider than the window. */
export async function mustFit(page: Page, where: string): Promise<void> {
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(tooWide, 0, `${where} is ${tooWide} px too wide`);
}
