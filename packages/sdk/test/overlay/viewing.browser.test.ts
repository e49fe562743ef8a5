// The overlay under changing conditions in Chromium: hidden tabs, reduced motion, resizing, stored settings, shadow roots.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { OverlayPage } from './overlay-page.ts';

let overlayPage: OverlayPage;
before(async () => {
  overlayPage = await OverlayPage.start();
});
after(() => overlayPage.close());
afterEach(() => overlayPage.assertCalm());

const long = { durationMs: 60_000, giftMs: 60_000, pinMs: 60_000 };

/** Simulates a hidden or visible tab, because a headless page is always visible. */
async function hide(hidden: boolean): Promise<void> {
  await overlayPage.page.evaluate((now) => {
    Object.defineProperty(document, 'hidden', { value: now, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

for (const renderer of ['dom', 'canvas'] as const) {
  test(`a hidden tab runs no animation, timer or frame (${renderer})`, async () => {
    await overlayPage.open({ ...long, renderer, maxShown: 2 });
    await overlayPage.page.evaluate(() => {
      for (let i = 0; i < 10; i++) overlay.danmaku({ id: String(i), text: `x ${i}` });
      overlay.gift({ id: 'g', from: 'a', gift: 'b', combo: 'c' });
      overlay.superchat({ id: 's', from: 'a', text: 'b' });
    });
    await hide(true);
    const seen = await overlayPage.page.evaluate(async () => {
      const calls: string[] = [];
      const { setTimeout: timer, requestAnimationFrame: frame } = globalThis;
      globalThis.setTimeout = ((...given: Parameters<typeof timer>) => calls.push('timer') && timer(...given)) as typeof setTimeout;
      globalThis.requestAnimationFrame = (given) => calls.push('frame') && frame(given);
      for (let i = 0; i < 10; i++) overlay.danmaku({ id: `h${i}`, text: `y ${i}` });
      overlay.gift({ id: 'g2', from: 'a', gift: 'b', combo: 'c' });
      await new Promise((resolve) => timer(resolve, 150));
      Object.assign(globalThis, { setTimeout: timer, requestAnimationFrame: frame });
      const running = document.getAnimations().filter(({ playState }) => playState === 'running').length;
      return { calls, running, shown: overlay.shown, pending: overlay.pending, dropped: overlay.dropped };
    });
    await hide(false);
    assert.deepEqual(seen, { calls: [], running: 0, shown: 0, pending: 0, dropped: 0 });
    assert.deepEqual(await overlayPage.page.locator('.danmux-gift-count').allTextContents(), ['×2']);
    assert.equal(await overlayPage.page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length), 2);
  });
}

test('gifts that arrived while the page was hidden are shown later, at most 100; the rest is counted as dropped', async () => {
  await overlayPage.open({ ...long, maxGifts: 1, maxPins: 1 });
  await hide(true);
  await overlayPage.page.evaluate(() => {
    for (let i = 0; i < 130; i++) overlay.gift({ id: `g${i}`, from: 'a', gift: 'b' });
    overlay.superchat({ id: 's', from: 'a', text: 'b' });
  });
  assert.deepEqual([await overlayPage.ids('gift-banner'), await overlayPage.ids('superchat-pin')], [[], []]);
  await hide(false);
  assert.deepEqual([await overlayPage.ids('gift-banner'), await overlayPage.ids('superchat-pin')], [['g30'], ['s']]);
  assert.equal(await overlayPage.page.evaluate(() => overlay.dropped), 30);
});

test('with reduced motion danmaku do not move, including those in flight when the preference changes', async () => {
  await overlayPage.open({ durationMs: 20_000 });
  const modes = () => overlayPage.page.evaluate(() => overlay.boxes().map(({ mode }) => mode));
  await overlayPage.page.evaluate(() => {
    overlay.danmaku({ id: '1', text: 'first' });
    overlay.danmaku({ id: '2', text: 'second', mode: 'bottom' });
  });
  assert.deepEqual((await modes()).sort(), ['bottom', 'scroll']);
  await overlayPage.page.emulateMedia({ reducedMotion: 'reduce' });
  await overlayPage.page.waitForFunction(() => overlay.boxes().every(({ mode }) => mode !== 'scroll'));
  assert.deepEqual((await modes()).sort(), ['bottom', 'top']);
  const moved = await overlayPage.page.evaluate(async () => {
    const left = () => document.querySelector('[data-testid=danmaku]')?.getBoundingClientRect().left;
    const before = left();
    for (let i = 0; i < 6; i++) await nextFrame();
    return [before !== undefined, left() === before];
  });
  await overlayPage.page.emulateMedia({ reducedMotion: 'no-preference' });
  assert.deepEqual(moved, [true, true]);
  await overlayPage.page.waitForFunction(() => overlay.boxes().some(({ mode }) => mode === 'scroll'));
});

test('resizing changes the lines and the paths of new danmaku; flights continue', async () => {
  await overlayPage.open({ ...long, coverage: 1 });
  const seen = await overlayPage.page.evaluate(async () => {
    overlay.danmaku({ id: '1', text: 'before' });
    const stage = document.getElementById('stage') as HTMLElement;
    stage.style.width = '400px';
    await nextFrame();
    await nextFrame();
    for (let i = 0; i < 30; i++) overlay.danmaku({ id: `after ${i}`, text: `after ${i}` });
    return overlay.boxes().map(({ id, left, top }) => ({ id, left: Math.round(left), top }));
  });
  assert.ok((seen[0]?.left ?? 0) > 900, 'the first danmaku keeps its position');
  const after = seen.slice(1);
  assert.ok(after.length > 3 && after.every(({ left, top }) => left <= 400 && top > 0), JSON.stringify(after));
});

test("the viewer's changes are stored and override the page's settings; invalid stored values are ignored", async () => {
  const name = 'test page';
  await overlayPage.open({ remember: name });
  await overlayPage.page.evaluate(() => {
    overlay.configure({ opacity: 0.4, blockedWords: ['x'] });
    overlay.configure({ fontSize: 30, speed: 99 });
  });
  await overlayPage.open({ remember: name, opacity: 0.8, area: 0.5 });
  const { opacity, fontSize, area, speed, blockedWords, remember } = await overlayPage.page.evaluate(() => overlay.settings);
  assert.deepEqual(
    { opacity, fontSize, area, speed, blockedWords, remember },
    { opacity: 0.4, fontSize: 30, area: 0.5, speed: 1, blockedWords: ['x'], remember: name },
  );
  await overlayPage.page.evaluate(() => {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, '{"opacity": 7, "speed": 2, "remember": "other"');
  });
  await overlayPage.open({ remember: name });
  assert.equal(await overlayPage.page.evaluate(() => overlay.settings.opacity), 0.95);
});

test('without storage, changed settings still apply to the page', async () => {
  await overlayPage.page.evaluate(() =>
    Object.defineProperty(globalThis, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('refused', 'SecurityError');
      },
    }),
  );
  await overlayPage.open({ remember: 'refused' });
  await overlayPage.page.evaluate(() => overlay.configure({ opacity: 0.3 }));
  assert.equal(await overlayPage.page.evaluate(() => overlay.settings.opacity), 0.3);
});

test('the overlay looks the same in a shadow root and when attached later; destroy removes its style sheet', async () => {
  const seen = await overlayPage.page.evaluate(async () => {
    overlay.destroy();
    const host = document.createElement('div');
    host.style.cssText = 'position:relative;width:600px;height:300px';
    const shadow = host.attachShadow({ mode: 'open' });
    const place = shadow.appendChild(document.createElement('div'));
    place.style.cssText = 'position:absolute;inset:0';
    globalThis.overlay = new Danmux.Overlay(place);
    document.body.append(host);
    await nextFrame();
    await nextFrame();
    overlay.danmaku({ id: '1', text: 'in the shadow' });
    const element = shadow.querySelector('[data-testid=danmaku]') as HTMLElement;
    const { position, fontWeight } = getComputedStyle(element);
    const near = Math.abs((overlay.boxes()[0]?.width ?? 0) - element.getBoundingClientRect().width) <= 1;
    overlay.destroy();
    host.remove();
    return { position, fontWeight, near, styles: shadow.adoptedStyleSheets.length };
  });
  assert.deepEqual(seen, { position: 'absolute', fontWeight: '700', near: true, styles: 0 });
});
