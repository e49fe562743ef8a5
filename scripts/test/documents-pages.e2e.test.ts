// Pages and scripts for browsers that the documents show run in Chromium, and their proxy in nginx, beside a real danmux.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:https';
import { after, before, test } from 'node:test';
import { Backend, eventually, startBrowser, testToken } from '@danmux/testkit';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import type { Browser } from 'playwright-core';
import { WebSocket } from 'ws';
import { nameOf } from '../documents/block.ts';
import { startNginxSite } from '../documents/nginx-site.ts';
import { read } from '../documents/pages.ts';
import { type RunningDanmux, startRunningDanmux } from '../documents/running-danmux.ts';
import { blocksOf } from '../documents/ways.ts';
import { type Site, serveSite } from '../documents/web-page.ts';

const owner = ownerOf(after);
let danmux: RunningDanmux;
let backend: Backend;
let browser: Browser;
let site: Site;
before(async () => {
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
  danmux = await startRunningDanmux(owner);
  backend = new Backend(danmux.api, danmux.key);
  site = await serveSite(owner, browser, { api: danmux.api, token: await testToken('ann', { name: 'Ann' }), change: danmux.withAddresses });
});

const pages = blocksOf('browser').filter(({ language }) => language === 'html');
const scripts = blocksOf('browser').filter(({ language }) => language !== 'html');
const online = async (room: string) => ((await backend.get(`/v1/rooms/${encodeURIComponent(room)}`)).body as { online: number }).online;

for (const block of pages)
  test(`the page of ${nameOf(block)}`, { timeout: 60_000 }, async () => {
    const { page, complaints } = await site.open(block);
    if (block.text.includes('<danmux-')) {
      await eventually(async () => assert.equal(await online('live:1001'), 1), { timeoutMs: 20_000 });
      assert.equal(await page.evaluate("['danmux-overlay', 'danmux-chat'].every((name) => customElements.get(name) !== undefined)"), true);
    } else if (block.text.includes('iife')) assert.equal(await page.evaluate("typeof client.join === 'function' && client.state !== 'closed'"), true);
    else assert.equal(await page.evaluate("import('@danmux/sdk').then(({ createClient }) => typeof createClient)"), 'function');
    assert.deepEqual(complaints, []);
    await page.close();
  });

for (const block of scripts)
  test(`the script of ${nameOf(block)}`, { timeout: 60_000 }, async () => {
    const { page, complaints, logged } = await site.open(block);
    await eventually(async () => assert.equal(await page.evaluate('window.ran'), true, complaints.join('\n')), { timeoutMs: 20_000 });
    if (block.text.includes('room.send')) await eventually(() => assert.match(logged.join('\n'), /^chat chat Ann/m));
    else assert.equal(await page.evaluate("document.querySelector('#player').childElementCount > 0"), true, 'the overlay is in its container');
    assert.deepEqual(complaints, []);
    await page.close();
  });

for (const block of blocksOf('styles'))
  test(`the rules of ${nameOf(block)}`, { timeout: 60_000 }, async () => {
    const page = await browser.newPage();
    const text = JSON.stringify(block.text);
    const rules = await page.evaluate<string[]>(
      `(() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(${text}); return [...sheet.cssRules].map((rule) => rule.cssText); })()`,
    );
    await page.close();
    assert.equal(rules.length, block.text.trim().split('\n').length);
    for (const rule of rules) assert.match(rule, /\{ \S.+; \}/, 'Chromium knows the property');
    for (const [name] of block.text.matchAll(/(?<=\.)danmux-[\w-]+/g))
      assert.ok(read(block.file).includes(`| \`${name}\``) || read(block.file).includes(`\`${name}\``), name);
  });

for (const block of blocksOf('nginx'))
  test(`nginx takes ${nameOf(block)}, and passes requests and WebSockets on`, { timeout: 60_000 }, async (t) => {
    const text = block.text.replaceAll(/http:\/\/127\.0\.0\.1:7701/g, danmux.edge);
    const { verdict, port } = await startNginxSite(t, danmux.withAddresses(text));
    assert.match(verdict, /test is successful/);
    const get = async (path: string): Promise<number> => {
      const sent = request({ host: '127.0.0.1', port, path, rejectUnauthorized: false, headers: { host: 'live.example.com' } }).end();
      const [response] = await once(sent, 'response');
      response.resume();
      return response.statusCode;
    };
    await eventually(async () => assert.equal(await get('/danmux/readyz'), 200));
    for (const edge of ['edge-0', 'edge-1']) {
      const socket = new WebSocket(`wss://127.0.0.1:${port}/${edge}/socket.io/?EIO=4&transport=websocket`, { rejectUnauthorized: false });
      const [packet] = await once(socket, 'message');
      assert.match(String(packet), /^0\{"sid":/);
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    }
  });
