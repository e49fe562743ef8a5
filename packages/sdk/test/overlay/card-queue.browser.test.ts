// Gift banners and super chats in Chromium: queueing without loss, combo counts, and the space that danmaku leave free.
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { OverlayPage } from './overlay-page.ts';

let overlayPage: OverlayPage;
before(async () => {
  overlayPage = await OverlayPage.start();
});
after(() => overlayPage.close());
afterEach(() => overlayPage.assertCalm());

const long = { giftMs: 60_000, pinMs: 60_000, durationMs: 60_000 };

test('gift banners are shown one after another and none is dropped', async () => {
  await overlayPage.open({ giftMs: 80, maxGifts: 2 });
  const seen = await overlayPage.page.evaluate(async () => {
    const ids = new Set<string>();
    let most = 0;
    for (let i = 0; i < 12; i++) overlay.gift({ id: `g${i}`, from: '小明', gift: '火箭', count: i });
    while (ids.size < 12) {
      const banners = document.querySelectorAll<HTMLElement>('[data-testid=gift-banner]');
      most = Math.max(most, banners.length);
      for (const banner of banners) ids.add(banner.dataset['id'] ?? '');
      await nextFrame();
    }
    return { ids: [...ids], most, dropped: overlay.dropped };
  });
  assert.deepEqual(seen, { ids: Array.from({ length: 12 }, (_, index) => `g${index}`), most: 2, dropped: 0 });
});

test('gifts of a combo add to its shown or queued banner; a recalled gift is subtracted', async () => {
  await overlayPage.open({ ...long, maxGifts: 1 });
  const counts = () => overlayPage.page.locator('.danmux-gift-count').allTextContents();
  await overlayPage.page.evaluate(() => {
    overlay.gift({ id: '1', from: 'a', gift: '🌹', combo: 'x' });
    overlay.gift({ id: '2', from: 'a', gift: '🌹', combo: 'x', count: 4 });
    overlay.gift({ id: '3', from: 'b', gift: '🚀', combo: 'y', count: 2 });
    overlay.gift({ id: '4', from: 'b', gift: '🚀', combo: 'y', count: 3 });
    overlay.gift({ id: '5', from: 'a', gift: '🌹' });
  });
  assert.deepEqual([await overlayPage.ids('gift-banner'), await counts()], [['1'], ['×5']]);
  await overlayPage.page.evaluate(() => overlay.remove('1'));
  assert.deepEqual([await overlayPage.ids('gift-banner'), await counts()], [['2'], ['×4']]);
  await overlayPage.page.evaluate(() => overlay.remove('2'));
  assert.deepEqual([await overlayPage.ids('gift-banner'), await counts()], [['3'], ['×5']]);
});

test('recalling a part of a merged gift subtracts its count', async () => {
  await overlayPage.open({ ...long, maxGifts: 1 });
  const counts = () => overlayPage.page.locator('.danmux-gift-count').allTextContents();
  await overlayPage.page.evaluate(() => {
    const parts = ['g1', 'g2'].map((id) => ({ id, count: 10 }));
    overlay.gift({ id: 'g0', from: 'a', gift: '🌹', combo: 'x', count: 10 });
    overlay.gift({ id: 'g2', from: 'a', gift: '🌹', combo: 'x', count: 20, parts });
  });
  const seen = [await counts()];
  for (const id of ['g1', 'g2', 'g0']) {
    await overlayPage.page.evaluate((gone) => overlay.remove(gone), id);
    seen.push(await counts());
  }
  assert.deepEqual(seen, [['×30'], ['×20'], ['×10'], []]);
});

test('a banner stays longer when its combo continues', async () => {
  await overlayPage.open({ ...long, giftMs: 4_000 });
  const seen = await overlayPage.page.evaluate(() => {
    overlay.gift({ id: '1', from: 'a', gift: '🌹', combo: 'x' });
    const [animation] = document.querySelector('[data-testid=gift-banner]')?.getAnimations() ?? [];
    if (animation) animation.currentTime = 3_900;
    overlay.gift({ id: '2', from: 'a', gift: '🌹', combo: 'x' });
    return animation?.currentTime;
  });
  assert.equal(seen, 1_000);
});

test('super chats are pinned for their time, higher tiers longer, and can be recalled', async () => {
  await overlayPage.open({ ...long, maxPins: 2 });
  await overlayPage.page.evaluate(() => {
    overlay.superchat({ id: '1', from: '小红', text: '加油', amount: '¥30', tier: 3 });
    overlay.superchat({ id: '2', from: '小明', text: '<b>早</b>', pinMs: 1_000, color: 'rgb(1, 2, 3)' });
    overlay.superchat({ id: '3', from: '小刚', text: 'third' });
  });
  const pins = await overlayPage.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid=superchat-pin]')].map((pin) => ({
      id: pin.dataset['id'],
      text: ['from', 'amount', 'text'].map((part) => pin.querySelector(`.danmux-pin-${part}`)?.textContent),
      tier: pin.classList.item(1),
      ms: pin.getAnimations()[0]?.effect?.getComputedTiming().duration,
      ground: getComputedStyle(pin).backgroundColor,
    })),
  );
  assert.deepEqual(pins, [
    { id: '1', text: ['小红', '¥30', '加油'], tier: 'danmux-tier-3', ms: 120_000, ground: 'rgb(154, 91, 0)' },
    { id: '2', text: ['小明', '', '<b>早</b>'], tier: 'danmux-tier-1', ms: 1_000, ground: 'rgb(1, 2, 3)' },
  ]);
  await overlayPage.page.evaluate(() => overlay.remove('1'));
  assert.deepEqual(await overlayPage.ids('superchat-pin'), ['2', '3']);
});

test('no danmaku starts under a pin or a gift banner, even with `area: 1`', async () => {
  await overlayPage.open({ ...long, area: 1, coverage: 1, maxGifts: 3 });
  const seen = await overlayPage.page.evaluate(() => {
    overlay.superchat({ id: 'pin', from: 'a', text: 'pinned' });
    const pins = document.querySelector('.danmux-pins')?.getBoundingClientRect();
    for (let i = 0; i < 60; i++) overlay.danmaku({ id: String(i), text: `line ${i}`, mode: i % 2 === 0 ? 'scroll' : 'bottom' });
    for (let i = 0; i < 3; i++) overlay.gift({ id: `g${i}`, from: 'a', gift: 'b' });
    const banners = [...document.querySelectorAll('[data-testid=gift-banner]')].map((banner) => banner.getBoundingClientRect());
    const boxes = overlay.boxes();
    const [top, bottom] = [Math.min(...boxes.map((box) => box.top)), Math.max(...boxes.map((box) => box.top + box.height))];
    const giftsTop = Math.min(...banners.map((banner) => banner.top));
    overlay.remove('pin');
    overlay.danmaku({ id: 'late', text: 'late', own: true, mode: 'top' });
    return { banners: banners.length, many: boxes.length > 4, under: top >= (pins?.bottom ?? 0), above: bottom <= giftsTop, late: overlay.boxes().at(-1)?.top };
  });
  assert.deepEqual(seen, { banners: 3, many: true, under: true, above: true, late: 0 });
});

test("filters apply to gifts and super chats, except to the viewer's own", async () => {
  await overlayPage.open({ ...long, hiddenTypes: ['gift'], blockedUsers: ['troll'], blockedWords: ['buy'] });
  await overlayPage.page.evaluate(() => {
    overlay.gift({ id: '1', from: 'a', gift: 'b' });
    overlay.gift({ id: '2', from: 'a', gift: 'b', own: true });
    overlay.superchat({ id: '3', from: 'a', text: 'x', user: 'troll' });
    overlay.superchat({ id: '4', from: 'a', text: 'BUY now' });
    overlay.superchat({ id: '5', from: 'a', text: 'fine' });
  });
  assert.deepEqual([await overlayPage.ids('gift-banner'), await overlayPage.ids('superchat-pin')], [['2'], ['5']]);
  await overlayPage.page.evaluate(() => overlay.configure({ blockedWords: ['fine'], hiddenTypes: [] }));
  assert.deepEqual(await overlayPage.ids('superchat-pin'), []);
});

test('on a low screen one banner is shown at a time, and danmaku keep one line', async () => {
  await overlayPage.open({ ...long, area: 1 });
  const seen = await overlayPage.page.evaluate(async () => {
    const stage = document.getElementById('stage') as HTMLElement;
    stage.style.height = '120px';
    await nextFrame();
    await nextFrame();
    for (let i = 0; i < 3; i++) overlay.gift({ id: `g${i}`, from: 'a', gift: 'b' });
    overlay.danmaku({ id: '1', text: 'one' });
    const banners = document.querySelectorAll('[data-testid=gift-banner]').length;
    stage.style.height = '500px';
    return { banners, shown: overlay.shown };
  });
  assert.deepEqual(seen, { banners: 1, shown: 1 });
});
