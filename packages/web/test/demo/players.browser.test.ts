// Tests each player from npm on its demo page in Chromium: the player plays; danmaku and gifts of a running danmux are shown over it and go
// fullscreen with it; danmaku pause with it; its button turns danmaku off; after it is destroyed, no element is left.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { keepScreenshot, startBrowser } from '@danmux/testkit';
import { eventually } from '@danmux/testkit/unit';
import type { Browser, Page } from 'playwright-core';
import { type DemoServer, startDemoServer } from './demo-server.ts';

interface PlayerCase {
  readonly name: string;
  /** Selector of the element that goes fullscreen. */
  readonly root: string;
  /** Selector of the player's fullscreen button; absent: the test requests fullscreen by script. */
  readonly fullscreen?: string;
  /** True when the adapter adds a button to the player's control bar. */
  readonly button: boolean;
}

const cases: readonly PlayerCase[] = [
  { name: 'video', root: '.frame', button: false },
  { name: 'hls', root: '.frame', button: false },
  { name: 'mpegts', root: '.frame', button: false },
  { name: 'flv', root: '.frame', button: false },
  { name: 'artplayer', root: '.art-video-player', fullscreen: '.art-control-fullscreen', button: true },
  { name: 'xgplayer', root: '.xgplayer', fullscreen: '.xgplayer-fullscreen', button: true },
  { name: 'dplayer', root: '.dplayer', fullscreen: '.dplayer-full-icon', button: true },
  { name: 'videojs', root: '.video-js', fullscreen: '.vjs-fullscreen-control', button: true },
];

let browser: Browser;
let server: DemoServer;
before(async () => {
  [browser, server] = await Promise.all([startBrowser(), startDemoServer()]);
});
after(async () => {
  await browser.close();
  await server.stop();
});

// Two tests run at a time, because each spends most of its time waiting.
describe('players on their demo pages', { concurrency: 2 }, () => {
  for (const player of cases)
    test(`${player.name}: danmaku and gifts play, pause, go fullscreen and end with the player`, { timeout: 30_000 }, async () => {
      const { page, complaints, room } = await open(player.name);
      await push(room, 'chat', { text: `hello ${player.name}`, color: '#7ee8fa' });
      await push(room, 'gift', { name: '火箭', count: 3 });
      const danmaku = page.locator(`${player.root} [data-testid=danmaku]`, { hasText: `hello ${player.name}` });
      await danmaku.waitFor({ timeout: 10_000 });
      await page.locator(`${player.root} [data-testid=gift-banner]`).waitFor({ timeout: 10_000 });
      await liesOver(page, player.root);

      await pauses(page);
      await goesFullscreen(page, player);
      await keepScreenshot(page, `player-${player.name}`);
      await page.evaluate(() => document.exitFullscreen());
      if (player.button) await turnsOff(page, room);

      await page.locator('[data-testid=destroy]').click();
      assert.equal(await page.locator('video, .danmux-player-layer, .danmux-overlay, .danmux-toggle, [data-testid=danmaku]').count(), 0);
      assert.deepEqual(complaints, []);
      await page.context().close();
    });
});

test("ArtPlayer's menu changes the overlay, and its mini window hides it", { timeout: 30_000 }, async () => {
  const { page, complaints, room } = await open('artplayer');
  await page.locator('.art-video-player').hover();
  await page.locator('.art-control-setting').click();
  await page.locator('.art-setting-item', { hasText: 'Danmaku' }).click();
  const opacity = page.locator('input.art-setting-range').first();
  await opacity.evaluate((input) => {
    (input as HTMLInputElement).value = '40';
    for (const event of ['input', 'change']) input.dispatchEvent(new Event(event, { bubbles: true }));
  });
  await eventually(async () => assert.equal(await page.locator('label', { hasText: 'opacity' }).locator('input').inputValue(), '0.4'));
  await page.evaluate('art.mini = true');
  await push(room, 'gift', { name: 'waits', count: 1 });
  await page.locator('.danmux-player-layer').waitFor({ state: 'hidden' });
  await page.evaluate('art.mini = false');
  await page.locator('[data-testid=gift-banner]', { hasText: 'waits' }).waitFor({ timeout: 10_000 });
  assert.deepEqual(complaints, []);
  await page.context().close();
});

async function open(name: string): Promise<{ page: Page; complaints: string[]; room: string }> {
  const context = await browser.newContext({ viewport: { width: 900, height: 680 } });
  // Functions compiled by tsx call `__name`, so the page must define it.
  await context.addInitScript('globalThis.__name = (named) => named');
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  const room = `live:${name}`;
  await page.goto(`${server.url}/demo/players/${name}.html?room=${room}`);
  await page.locator('[data-testid=state][data-state=online]').waitFor({ timeout: 15_000 });
  await eventually(async () => assert.equal(await isPlaying(page), true, `${name} does not play: ${complaints.join('; ')}`), {
    timeoutMs: 10_000,
    everyMs: 50,
  });
  return { page, complaints, room };
}

function isPlaying(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const video = document.querySelector('video');
    return video !== null && !video.paused && video.currentTime > 0.1;
  });
}

async function push(room: string, type: string, data: object): Promise<void> {
  await server.backend.push({ room, type, data, from: { id: 'u1', name: '小明' }, id: randomUUID() });
}

/** Asserts that the overlay has the position and size of the video and is inside `root`, the element that goes fullscreen. */
async function liesOver(page: Page, root: string): Promise<void> {
  const boxes = await page.evaluate((selector) => {
    const edges = (element: Element | null | undefined) => {
      const { left, top, right, bottom } = element?.getBoundingClientRect() ?? new DOMRect();
      return [left, top, right, bottom].map(Math.round);
    };
    const layer = document.querySelector(`${selector} .danmux-player-layer`);
    return {
      layer: edges(layer),
      overlay: edges((layer?.shadowRoot ?? layer)?.querySelector('.danmux-overlay')),
      video: edges(document.querySelector('video')),
    };
  }, root);
  assert.deepEqual(boxes.layer, boxes.video);
  assert.deepEqual(boxes.overlay, boxes.video);
}

/** Asserts that danmaku do not move while the video is paused, and move again when it plays. */
async function pauses(page: Page): Promise<void> {
  await page.evaluate(() => document.querySelector('video')?.pause());
  await eventually(async () => assert.equal(await movedInTwoFrames(page), false, 'danmaku are frozen'));
  await page.evaluate(() => document.querySelector('video')?.play());
  await eventually(async () => assert.equal(await movedInTwoFrames(page), true, 'danmaku move again'));
}

function movedInTwoFrames(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const layer = document.querySelector('.danmux-player-layer');
    const left = () => (layer?.shadowRoot ?? layer)?.querySelector('[data-testid=danmaku]')?.getBoundingClientRect().left;
    const before = left();
    for (let i = 0; i < 3; i++) await new Promise((resolve) => requestAnimationFrame(resolve));
    return left() !== before;
  });
}

async function goesFullscreen(page: Page, { root, fullscreen }: PlayerCase): Promise<void> {
  if (fullscreen) {
    await page.locator(root).hover();
    await page.locator(`${root} ${fullscreen}`).first().click();
  } else await page.evaluate((selector) => document.querySelector(selector)?.requestFullscreen(), root);
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await eventually(async () => {
    const seen = await page.evaluate(() => {
      const layer = document.querySelector('.danmux-player-layer');
      const { width, height } = layer?.getBoundingClientRect() ?? new DOMRect();
      return { inside: document.fullscreenElement?.contains(layer), size: [width, height], page: [innerWidth, innerHeight] };
    });
    assert.equal(seen.inside, true);
    assert.deepEqual(seen.size, seen.page);
  });
}

async function turnsOff(page: Page, room: string): Promise<void> {
  const toggle = page.locator('[data-testid=danmaku-toggle]').first();
  const click = () => toggle.evaluate((button) => (button as HTMLElement).click());
  await click();
  assert.equal(await toggle.getAttribute('aria-pressed'), 'false');
  await push(room, 'chat', { text: 'not shown' });
  await push(room, 'gift', { name: 'still shown', count: 1 });
  await page.locator('[data-testid=gift-banner]', { hasText: 'still shown' }).waitFor({ timeout: 10_000 });
  assert.equal(await page.locator('[data-testid=danmaku]').count(), 0);
  await click();
  assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
}
