// Pages of other origins in Chromium: a foreign one learns why it is refused, and a listed one may send cookies with long-polling.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { startBrowser } from '@danmux/testkit';
import { type EdgeFixture, startEdge } from '@danmux/testkit/edge-fixture';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import { webRoot } from '@danmux/web';
import type { Browser, Page } from 'playwright-core';

const sdk = readFileSync(new URL('sdk/danmux.js', webRoot));
const owner = ownerOf(after);
let browser: Browser;
/** Chromium resolves every name below localhost to this machine, and edges take it for a foreign one. */
let site: string;
let foreign: EdgeFixture;
let listed: EdgeFixture;

before(async () => {
  const server = createServer((request, response) => {
    const script = request.url === '/danmux.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html').end(script ? sdk : '<!doctype html><title>a site</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeAfter(owner, () => server.close());
  site = `http://site.localhost:${(server.address() as AddressInfo).port}`;
  foreign = await startEdge(owner, { 'viewer.allow_guests': true });
  listed = await startEdge(owner, { 'viewer.allow_guests': true, 'edge.allowed_origins': [site] });
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

/** Creates a client on the page; resolves with its state when it is online or has stopped, and the code of its error. */
async function outcome(options: object): Promise<{ state: string; code?: string }> {
  const page: Page = await (await browser.newContext()).newPage();
  await page.goto(site);
  try {
    return await page.evaluate(async (given) => {
      const { createClient } = (await import(`${location.origin}/danmux.js`)) as typeof import('@danmux/sdk');
      const client = createClient(given as { url: string });
      return new Promise<{ state: string; code?: string }>((resolve) => {
        client.on('error', ({ code }) => resolve({ state: client.state, code }));
        client.on('state', (state) => state === 'online' && resolve({ state }));
      });
    }, options);
  } finally {
    await page.context().close();
  }
}

test('a page of a foreign origin gets `origin_forbidden` over every transport, and the client stops', async () => {
  for (const transports of [['websocket', 'polling'], ['websocket'], ['polling']])
    assert.deepEqual(await outcome({ url: foreign.url, transports }), { state: 'closed', code: 'origin_forbidden' }, transports.join());
});

test('a listed page connects, with cookies too', async () => {
  for (const withCredentials of [false, true])
    for (const transport of ['websocket', 'polling'])
      assert.deepEqual(await outcome({ url: listed.url, transports: [transport], withCredentials }), { state: 'online' }, `${transport} ${withCredentials}`);
});
