// The overlay in a real Chromium: lines without collisions, caps, elements used again, gifts in turn, text that stays text.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { startBrowser } from '../../../testkit/src/browser.ts';
import type { bind, Overlay, OverlaySettings } from '../../src/index.ts';

interface OverlayWindow {
  Danmux: { Overlay: typeof Overlay; bind: typeof bind };
  overlay: Overlay;
}

const bundle = fileURLToPath(new URL('../../../api/web/sdk/danmux.iife.js', import.meta.url));
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
  await page.setContent('<style>body{margin:0}</style><div id="stage" style="position:relative;width:1000px;height:500px"></div>');
  await page.addScriptTag({ path: bundle });
});
afterEach(async () => {
  await page.close();
  assert.deepEqual(complaints.splice(0), []);
});

async function open(settings: Partial<OverlaySettings> = {}): Promise<void> {
  await page.evaluate((given) => {
    const scope = window as unknown as OverlayWindow;
    scope.overlay = new scope.Danmux.Overlay(document.getElementById('stage') as HTMLElement, given);
  }, settings);
}

test('danmaku of one line never touch, at any moment of their flight', async () => {
  await open({ durationMs: 1_500, maxPending: 1_000 });
  const touches = await page.evaluate(async () => {
    const { overlay } = window as unknown as OverlayWindow;
    let found = 0;
    let most = 0;
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 5; i++) overlay.danmaku({ id: `${round}-${i}`, text: '弹'.repeat(1 + ((round * 7 + i * 3) % 17)) });
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const lines = new Map<string, DOMRect[]>();
      for (const element of document.querySelectorAll<HTMLElement>('[data-testid=danmaku]')) {
        const line = element.dataset['track'] ?? '';
        lines.set(line, [...(lines.get(line) ?? []), element.getBoundingClientRect()]);
      }
      for (const boxes of lines.values()) {
        boxes.sort((a, b) => a.left - b.left);
        most = Math.max(most, boxes.length);
        for (const [index, box] of boxes.entries()) if (index > 0 && box.left < (boxes[index - 1]?.right ?? 0) - 0.5) found++;
      }
    }
    return { found, most };
  });
  assert.equal(touches.found, 0);
  assert.ok(touches.most >= 2, 'lines carried several at once');
});

test("what flies and what waits is capped; what is dropped is counted; one's own goes first", async () => {
  await open({ maxShown: 10, maxPending: 5, durationMs: 60_000 });
  const state = await page.evaluate(() => {
    const { overlay } = window as unknown as OverlayWindow;
    for (let i = 0; i < 100; i++) overlay.danmaku({ id: String(i), text: `no ${i}` });
    overlay.danmaku({ id: 'own', text: 'mine', own: true });
    return { shown: overlay.shown, pending: overlay.pending, dropped: overlay.dropped };
  });
  assert.deepEqual(state, { shown: 10, pending: 5, dropped: 86 });
});

test('elements are used again: a long stream makes no more of them than fly at once', async () => {
  await open({ maxShown: 20, durationMs: 60 });
  const made = await page.evaluate(async () => {
    const { overlay } = window as unknown as OverlayWindow;
    for (let i = 0; i < 400; i++) {
      overlay.danmaku({ id: String(i), text: 'again' });
      if (i % 10 === 0) await new Promise((resolve) => setTimeout(resolve, 15));
    }
    return overlay.elementsMade;
  });
  assert.ok(made <= 21, `${made} elements were made`);
});

test('gift banners stand in turn and none is dropped', async () => {
  await open({ giftMs: 80, maxGifts: 2 });
  const seen = await page.evaluate(async () => {
    const { overlay } = window as unknown as OverlayWindow;
    const ids = new Set<string>();
    let most = 0;
    for (let i = 0; i < 12; i++) overlay.gift({ id: `g${i}`, from: '小明', gift: '火箭', count: i });
    while (ids.size < 12) {
      const banners = document.querySelectorAll<HTMLElement>('[data-testid=gift-banner]');
      most = Math.max(most, banners.length);
      for (const banner of banners) ids.add(banner.dataset['id'] ?? '');
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return { ids: [...ids], most, dropped: overlay.dropped };
  });
  assert.deepEqual(seen, { ids: Array.from({ length: 12 }, (_, index) => `g${index}`), most: 2, dropped: 0 });
});

test('text stays text', async () => {
  await open();
  await page.evaluate(() => {
    const { overlay } = window as unknown as OverlayWindow;
    overlay.danmaku({ id: '1', text: '<img src=x onerror="window.hacked = true">' });
    overlay.gift({ id: '2', from: '<b>x</b>', gift: '<script>window.hacked = true</script>' });
  });
  assert.equal(await page.locator('#stage img, #stage b, #stage script').count(), 0);
  assert.equal(await page.locator('[data-testid=danmaku]').first().textContent(), '<img src=x onerror="window.hacked = true">');
  assert.equal(await page.evaluate(() => 'hacked' in window), false);
});

test('who asked for less motion gets danmaku that stand still', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open({ durationMs: 5_000 });
  await page.evaluate(() => (window as unknown as OverlayWindow).overlay.danmaku({ id: '1', text: 'still' }));
  const left = async () => (await page.locator('[data-testid=danmaku]').boundingBox())?.x ?? -1;
  const moved = { before: await left(), after: await page.waitForTimeout(200).then(left) };
  assert.ok(moved.before > 0);
  assert.equal(moved.before, moved.after);
});

test('what is recalled is gone at once: what flies, what waits, banners that stand and those in turn', async () => {
  await open({ maxShown: 1, maxGifts: 1, durationMs: 60_000, giftMs: 60_000 });
  const counts = await page.evaluate(() => {
    const { overlay } = window as unknown as OverlayWindow;
    for (const id of ['a', 'b', 'c']) overlay.danmaku({ id, text: id });
    for (const id of ['g1', 'g2', 'g3']) overlay.gift({ id, from: 'x', gift: id });
    for (const id of ['b', 'g2', 'g1', 'unknown']) overlay.remove(id);
    return { shown: overlay.shown, pending: overlay.pending, dropped: overlay.dropped };
  });
  assert.deepEqual(counts, { shown: 1, pending: 1, dropped: 0 });
  assert.deepEqual([await idsOf('danmaku'), await idsOf('gift-banner')], [['a'], ['g3']]);
  await page.evaluate(() => (window as unknown as OverlayWindow).overlay.remove('a'));
  await page.locator('[data-testid=danmaku][data-id=c]').waitFor({ timeout: 2_000 });
  assert.deepEqual(await idsOf('danmaku'), ['c']);
});

/** The ids of what is on the screen. */
function idsOf(name: string): Promise<(string | null)[]> {
  return page.locator(`[data-testid=${name}]`).evaluateAll((elements) => elements.map((element) => element.getAttribute('data-id')));
}

test('a room that is bound takes back what was recalled, and shows nothing that has lost its meaning', async () => {
  await open({ durationMs: 60_000 });
  // tsx gives functions their names by a call that the page does not have.
  await page.evaluate('globalThis.__name = (named) => named');
  const listeners = await page.evaluate(() => {
    const { overlay, Danmux } = window as unknown as OverlayWindow;
    const heard: Record<string, (payload: object) => void> = {};
    const room = {
      on: (event: string, listener: (payload: object) => void) => {
        heard[event] = listener;
        return () => delete heard[event];
      },
    };
    const end = Danmux.bind(room as unknown as Parameters<typeof Danmux.bind>[0], overlay);
    const chat = { lane: 'chat', type: 'chat', data: { text: 'x' }, ts: Date.now() };
    for (const id of ['a', 'b']) heard['message']?.({ ...chat, id });
    heard['message']?.({ ...chat, id: 'late', expires_at: Date.now() - 1 });
    heard['message']?.({ ...chat, id: 'soon', expires_at: Date.now() + 60_000 });
    heard['recalled']?.({ id: 'a' });
    end();
    return Object.keys(heard);
  });
  assert.deepEqual(await idsOf('danmaku'), ['b', 'soon']);
  assert.deepEqual(listeners, []);
});

test('destroy leaves nothing behind', async () => {
  await open();
  await page.evaluate(() => {
    const { overlay } = window as unknown as OverlayWindow;
    for (let i = 0; i < 50; i++) overlay.danmaku({ id: String(i), text: 'x' });
    overlay.gift({ id: 'g', from: 'a', gift: 'b' });
    overlay.destroy();
  });
  assert.equal(await page.locator('#stage > *').count(), 0);
});
