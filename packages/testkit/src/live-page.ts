// Starts an api, a relay and an edge on one bus, serves the built web pages, and opens them in Chromium. One instance per test file; a
// test fails when one of its pages logs a console error.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before } from 'node:test';
import { fileURLToPath } from 'node:url';
import { webRoot as builtPages } from '@danmux/web';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { type ApiFixture, startApi } from './api-fixture.ts';
import { startBrowser } from './browser.ts';
import { type EdgeFixture, startEdge } from './edge-fixture.ts';
import { closeAfter, ownerOf } from './teardown.ts';

const webRoot = fileURLToPath(builtPages);

export interface LivePage {
  readonly api: ApiFixture;
  readonly edge: EdgeFixture;
  /** Opens a page of a foreign origin with this HTML in its body and the danmux elements loaded. */
  open(body: string, options?: BrowserContextOptions): Promise<Page>;
  /** Opens a page served by the api. */
  visit(path: string, options?: BrowserContextOptions): Promise<Page>;
  /** Allows console errors that match the pattern in the current test; other console errors fail it. */
  expect(complaint: RegExp): void;
  /** Publishes a message like a backend; resolves with its id. */
  push(room: string, message: { type?: string; id?: string; from?: object; data: unknown }): Promise<string>;
}

export function livePage(): LivePage {
  const owner = ownerOf(after);
  let api: ApiFixture;
  let edge: EdgeFixture;
  let browser: Browser;
  let site: Server;
  const bodies: string[] = [];
  const complaints: string[] = [];
  const expected: RegExp[] = [];
  const pages: Page[] = [];
  before(async () => {
    api = await startApi(owner, { 'api.demo': true }, undefined, { webRoot });
    edge = await startEdge(owner, { 'viewer.allow_guests': true }, api.bus);
    site = createServer((request, response) => {
      if (request.url?.startsWith('/gateway')) {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ edges: [{ url: edge.url }], ttl_ms: 10_000 }));
        return;
      }
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(siteOf(api.url, bodies[Number(request.url?.slice(1))] ?? ''));
    });
    closeAfter(owner, () => site.close());
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    browser = await startBrowser();
    closeAfter(owner, () => browser.close());
  });
  afterEach(async () => {
    for (const page of pages.splice(0)) await page.context().close();
    const unexpected = complaints.splice(0).filter((complaint) => !expected.some((pattern) => pattern.test(complaint)));
    expected.length = 0;
    assert.deepEqual(unexpected, []);
  });
  const newPage = async (options: BrowserContextOptions = {}): Promise<Page> => {
    const page = await (await browser.newContext({ viewport: { width: 800, height: 600 }, locale: 'en-US', ...options })).newPage();
    pages.push(page);
    // Functions compiled by tsx call `__name`, so the page must define it.
    await page.addInitScript('globalThis.__name = (named) => named');
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error.stack ?? error)));
    return page;
  };
  return {
    get api() {
      return api;
    },
    get edge() {
      return edge;
    },
    open: async (body, options) => {
      const page = await newPage(options);
      const { port } = site.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}/${bodies.push(body) - 1}`);
      await page.waitForFunction(() => customElements.get('danmux-chat') !== undefined);
      return page;
    },
    visit: async (path, options) => {
      const page = await newPage(options);
      await page.goto(`${api.url}${path}`);
      return page;
    },
    expect: (complaint) => void expected.push(complaint),
    push: async (room, message) => {
      const { status, body } = await api.call('POST', `/v1/rooms/${room}/messages`, { type: 'chat', ...message });
      assert.equal(status, 202, JSON.stringify(body));
      return body.id;
    },
  };
}

const siteOf = (api: string, body: string) =>
  `<!doctype html><html lang="en"><title>a site</title><link rel="icon" href="data:,">
  <style>body{margin:0}danmux-chat{height:400px;width:360px}danmux-overlay{height:200px;width:400px}</style>
  <body>${body}<script type="module" src="${api}/sdk/danmux-elements.js"></script></body></html>`;
