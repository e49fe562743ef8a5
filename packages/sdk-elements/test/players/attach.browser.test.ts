// `attachTo` on a video in Chromium, from the bundle that sites load: position of the overlay, pause, seek, picture-in-picture, fullscreen, and a
// teardown without leftovers.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startBrowser } from '@danmux/testkit';
import { eventually } from '@danmux/testkit/unit';
import type { Browser, Page } from 'playwright-core';
import type { AttachOptions, attachTo, PlayerDanmaku } from '../../src/players.ts';

interface AttachWindow {
  attachTo: typeof attachTo;
  danmaku: PlayerDanmaku;
}

const web = fileURLToPath(new URL('../../../web/dist', import.meta.url));
const html = `<!doctype html><style>body { margin: 0 } #player { width: 600px; height: 300px; margin: 40px } video { width: 100%; height: 100%; display: block }</style>
  <div id="player"><video muted playsinline></video></div>`;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1_000, height: 500 } });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript('globalThis.__name = (named) => named');
  await page.route('http://players.test/**', (route) => {
    const { pathname } = new URL(route.request().url());
    return pathname === '/' ? route.fulfill({ contentType: 'text/html', body: html }) : route.fulfill({ path: web + pathname });
  });
  await page.goto('http://players.test/');
  await page.evaluate(async () => {
    const bundle = '/sdk/danmux-players.js';
    Object.assign(window, await import(bundle));
    const sample = await (await fetch('/demo/players/sample.mp4')).blob();
    const video = document.querySelector('video') as HTMLVideoElement;
    video.src = URL.createObjectURL(sample);
    await video.play();
  });
});
afterEach(async () => {
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

/** Attaches an overlay to the video and shows a danmaku and a gift for a long time. */
async function attach(options: Pick<AttachOptions, 'fit'> = {}): Promise<void> {
  await page.evaluate((given) => {
    const scope = window as unknown as AttachWindow;
    scope.danmaku = scope.attachTo(document.querySelector('video') as HTMLVideoElement, { ...given, overlay: { durationMs: 60_000, giftMs: 60_000 } });
    scope.danmaku.overlay.danmaku({ id: 'd', text: 'flies' });
    scope.danmaku.overlay.gift({ id: 'g', from: 'x', gift: 'y' });
  }, options);
}

function layerBox(): Promise<number[]> {
  return page.evaluate(() => {
    const { left, top, width, height } = (window as unknown as AttachWindow).danmaku.element.getBoundingClientRect();
    return [left, top, width, height].map(Math.round);
  });
}

const shown = (name: string) => page.locator(`[data-testid=${name}]:visible`).count();

/** True when the danmaku has moved within a few frames. */
function flies(): Promise<boolean> {
  return page.evaluate(async () => {
    const left = () => document.querySelector('[data-testid=danmaku]')?.getBoundingClientRect().left;
    const first = left();
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    return left() !== first;
  });
}

test("the overlay covers the video's box, or the picture without black bars, and follows when it is resized", async () => {
  await attach({ fit: 'picture' });
  assert.deepEqual(await layerBox(), [73, 40, 533, 300]);
  await page.evaluate(() => Object.assign((document.getElementById('player') as HTMLElement).style, { width: '400px', height: '400px' }));
  await eventually(async () => assert.deepEqual(await layerBox(), [40, 128, 400, 225]));
  await page.evaluate(() => (window as unknown as AttachWindow).danmaku.destroy());
  await attach();
  assert.deepEqual(await layerBox(), [40, 40, 400, 400]);
});

test('on a paused video danmaku are frozen until it plays', async () => {
  await page.evaluate(() => document.querySelector('video')?.pause());
  await attach();
  assert.equal(await flies(), false);
  await page.evaluate(() => document.querySelector('video')?.play());
  await eventually(async () => assert.equal(await flies(), true));
});

test('a seek removes danmaku and keeps gifts; a small step removes none', async () => {
  await attach();
  const seek = (by: number) =>
    page.evaluate(async (seconds) => {
      const video = document.querySelector('video') as HTMLVideoElement;
      const moved = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }));
      video.currentTime += seconds;
      await moved;
    }, by);
  await seek(0.5);
  assert.deepEqual([await shown('danmaku'), await shown('gift-banner')], [1, 1]);
  await seek(3);
  assert.deepEqual([await shown('danmaku'), await shown('gift-banner')], [0, 1]);
});

test('during picture-in-picture the overlay is hidden', async () => {
  await attach();
  const tell = (event: string) => page.evaluate((name) => document.querySelector('video')?.dispatchEvent(new Event(name, { bubbles: true })), event);
  await tell('enterpictureinpicture');
  assert.deepEqual([await shown('danmaku'), await shown('gift-banner'), await flies()], [0, 0, false]);
  await tell('leavepictureinpicture');
  assert.deepEqual([await shown('danmaku'), await shown('gift-banner')], [1, 1]);
});

test('a video that goes fullscreen alone shows the overlay, which returns afterwards', async () => {
  await attach();
  await page.evaluate(() => document.querySelector('video')?.requestFullscreen());
  await eventually(async () => assert.deepEqual(await layerBox(), [0, 0, 1_000, 500]));
  assert.equal(await page.locator('.danmux-player-layer:popover-open').count(), 1);
  await page.evaluate(() => document.exitFullscreen());
  await eventually(async () => assert.deepEqual(await layerBox(), [40, 40, 600, 300]));
  assert.deepEqual([await page.locator('.danmux-player-layer[popover]').count(), await flies()], [0, true]);
});

test('destroy removes all elements, styles and listeners', async () => {
  const before = await traces();
  await attach();
  assert.notDeepEqual(await traces(), before);
  await page.evaluate(() => (window as unknown as AttachWindow).danmaku.destroy());
  assert.deepEqual(await traces(), before);
});

/** Possible leftovers in the page: markup, adopted style sheets and event listeners. */
async function traces(): Promise<object> {
  const cdp = await page.context().newCDPSession(page);
  const listeners: Record<string, number> = {};
  for (const expression of ['window', 'document', 'document.body', 'document.getElementById("player")', 'document.querySelector("video")']) {
    const { result } = await cdp.send('Runtime.evaluate', { expression });
    const found = await cdp.send('DOMDebugger.getEventListeners', { objectId: result.objectId ?? '' });
    listeners[expression] = found.listeners.length;
  }
  await cdp.detach();
  const [body, sheets] = await page.evaluate(() => [document.body.innerHTML, document.adoptedStyleSheets.length]);
  return { listeners, body: String(body).replace(' style=""', ''), sheets };
}

test('a room name without a client and a video without a parent are refused without leftovers', async () => {
  const codes = await page.evaluate(() => {
    const { attachTo } = window as unknown as AttachWindow;
    const codeOf = (act: () => unknown) => {
      try {
        act();
        return 'none';
      } catch (error) {
        return (error as { code?: string }).code;
      }
    };
    const video = document.querySelector('video') as HTMLVideoElement;
    return [codeOf(() => attachTo(video, { room: 'live:1' })), codeOf(() => attachTo(document.createElement('video')))];
  });
  assert.deepEqual(codes, ['invalid_request', 'invalid_request']);
  assert.equal(await page.locator('.danmux-player-layer').count(), 0);
});
