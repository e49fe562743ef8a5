// Danmaku in Chromium, the same tests for the DOM and the canvas renderer: no two touch, caps, modes, merging, the viewer's own messages, recalls,
// settings that change during flights.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { OverlayPage } from './overlay-page.ts';

let overlayPage: OverlayPage;
before(async () => {
  overlayPage = await OverlayPage.start();
});
after(() => overlayPage.close());
afterEach(() => overlayPage.assertCalm());

const long = { durationMs: 60_000 };

for (const renderer of ['dom', 'canvas'] as const) {
  describe(`drawn by ${renderer}`, () => {
    test('danmaku of any mode and size never touch during their flights', async () => {
      await overlayPage.open({ renderer, durationMs: 700, maxPending: 1_000, coverage: 1 });
      const seen = await overlayPage.page.evaluate(async () => {
        const modes = ['scroll', 'scroll', 'scroll', 'top', 'bottom', 'reverse'] as const;
        const sizes = ['normal', 'normal', 'small', 'large'] as const;
        const touching: unknown[] = [];
        const shown = new Set<string>();
        for (let frame = 0; frame < 100; frame++) {
          const [mode, size] = [modes[frame % modes.length] ?? 'scroll', sizes[frame % sizes.length] ?? 'normal'];
          for (let i = 0; i < 3; i++) overlay.danmaku({ id: `${frame}-${i}`, text: `${frame}弹`.repeat(1 + ((frame * 7 + i * 3) % 9)), mode, size });
          await nextFrame();
          // With the DOM renderer, compare the real positions of the elements.
          const boxes = overlay.boxes().map((box) => {
            const element = document.querySelector(`[data-testid=danmaku][data-id="${box.id}"]`);
            const { left, width } = element?.getBoundingClientRect() ?? box;
            return { ...box, left, width };
          });
          for (const [index, a] of boxes.entries()) {
            shown.add(a.mode);
            for (const b of boxes.slice(index + 1)) {
              const [left, right] = [Math.max(0, a.left, b.left), Math.min(1_000, a.left + a.width, b.left + b.width)];
              const apart = a.top + a.height <= b.top || b.top + b.height <= a.top;
              if (!apart && right - left > 0.5) touching.push([a, b]);
            }
          }
        }
        return { touching, shown: [...shown].sort() };
      });
      assert.deepEqual(seen, { touching: [], shown: ['bottom', 'reverse', 'scroll', 'top'] });
    });

    test('danmaku on screen and in the queue are capped, and dropped ones are counted', async () => {
      await overlayPage.open({ renderer, ...long, maxShown: 4, maxPending: 5 });
      const counts = await overlayPage.page.evaluate(() => {
        for (let i = 0; i < 100; i++) overlay.danmaku({ id: String(i), text: `no ${i}` });
        return { shown: overlay.shown, pending: overlay.pending, dropped: overlay.dropped };
      });
      assert.deepEqual(counts, { shown: 4, pending: 5, dropped: 91 });
    });

    test('danmaku cover at most the share of the screen set by `coverage`', async () => {
      await overlayPage.open({ renderer, ...long, coverage: 0.05 });
      const covered = await overlayPage.page.evaluate(() => {
        for (let i = 0; i < 60; i++) overlay.danmaku({ id: String(i), text: `some text ${i}` });
        return overlay.boxes().reduce((sum, { width, height }) => sum + width * height, 0) / (1_000 * 500);
      });
      assert.ok(covered > 0.03 && covered <= 0.05, `${covered} of the screen`);
    });

    test("the viewer's own danmaku pass caps and filters immediately, and get a line within a second when none is free", async () => {
      await overlayPage.open({ renderer, ...long, maxShown: 1, coverage: 0.01, blockedWords: ['mine'], hiddenModes: ['top'], blockedUsers: ['me'] });
      await overlayPage.page.evaluate(() => {
        for (let i = 0; i < 3; i++) overlay.danmaku({ id: `other ${i}`, text: `other ${i}` });
        overlay.danmaku({ id: 'own', text: 'mine', own: true, user: 'me' });
        overlay.danmaku({ id: 'own top', text: 'mine', own: true, mode: 'top' });
        overlay.danmaku({ id: 'like mine', text: 'mine' });
      });
      assert.deepEqual(await overlayPage.flying(), ['other 0', 'own', 'own top']);
      await overlayPage.open({ renderer, ...long, area: 0.06 });
      await overlayPage.page.evaluate(() => {
        overlay.danmaku({ id: 'other', text: 'o'.repeat(90) });
        overlay.danmaku({ id: 'own', text: 'mine', own: true });
      });
      await overlayPage.page.waitForFunction(() => overlay.boxes().some(({ id }) => id === 'own'), undefined, { timeout: 3_000 });
    });

    test('identical texts are merged; each recall lowers the count, and the last one removes the danmaku', async () => {
      await overlayPage.open({ renderer, ...long });
      const counts = await overlayPage.page.evaluate(() => {
        for (const id of ['a', 'b', 'c']) overlay.danmaku({ id, text: ' 666 ' });
        overlay.danmaku({ id: 'own', text: '666', own: true });
        const boxes = () => overlay.boxes().map(({ id }) => id);
        const before = boxes();
        overlay.remove('a');
        const after = boxes();
        for (const id of ['b', 'c', 'unknown']) overlay.remove(id);
        return { before, after, left: boxes() };
      });
      assert.deepEqual(counts, { before: ['a', 'own'], after: ['b', 'own'], left: ['own'] });
    });

    test('a recalled danmaku is removed from screen or queue immediately, and the next one is shown', async () => {
      await overlayPage.open({ renderer, ...long, maxShown: 1 });
      await overlayPage.page.evaluate(() => {
        for (const id of ['a', 'b', 'c']) overlay.danmaku({ id, text: id });
        overlay.remove('b');
      });
      assert.deepEqual(await overlayPage.flying(), ['a']);
      await overlayPage.page.evaluate(() => overlay.remove('a'));
      await overlayPage.page.waitForFunction(() => overlay.boxes()[0]?.id === 'c', undefined, { timeout: 2_000 });
      assert.equal(await overlayPage.page.evaluate(() => overlay.pending), 0);
    });

    test('filters apply to new danmaku and to those in flight', async () => {
      await overlayPage.open({ renderer, ...long, hiddenModes: ['bottom'] });
      const seen = await overlayPage.page.evaluate(() => {
        overlay.danmaku({ id: '1', text: 'a spoiler' });
        overlay.danmaku({ id: '2', text: 'fine', mode: 'bottom' });
        overlay.danmaku({ id: '3', text: 'by a troll', user: 'troll' });
        overlay.danmaku({ id: '4', text: 'of a type', type: 'sticker' });
        overlay.danmaku({ id: '5', text: '6666' });
        const boxes = () => overlay.boxes().map(({ id }) => id);
        const before = boxes();
        overlay.configure({ blockedWords: ['SPOILER', '/^6+$/'], blockedUsers: ['troll'], hiddenTypes: ['sticker'], hiddenModes: [] });
        overlay.danmaku({ id: '6', text: '666' });
        overlay.danmaku({ id: '7', text: 'fine', mode: 'bottom' });
        return { before, after: boxes(), dropped: overlay.dropped };
      });
      assert.deepEqual(seen, { before: ['1', '3', '4', '5'], after: ['7'], dropped: 0 });
    });

    test('speed, font and area change immediately; the setting `danmaku: false` removes all', async () => {
      await overlayPage.open({ renderer, durationMs: 20_000 });
      const seen = await overlayPage.page.evaluate(async () => {
        const left = () => overlay.boxes()[0]?.left ?? 0;
        const passed = async (frames: number) => {
          const before = left();
          const since = performance.now();
          for (let i = 0; i < frames; i++) await nextFrame();
          return (before - left()) / (performance.now() - since);
        };
        overlay.danmaku({ id: '1', text: 'first' });
        const slow = await passed(12);
        overlay.configure({ speed: 4 });
        const fast = await passed(12);
        overlay.configure({ fontSize: 40 });
        overlay.danmaku({ id: '2', text: 'second' });
        const heights = overlay.boxes().map(({ height }) => height);
        overlay.danmaku({ id: '3', text: 'low', mode: 'bottom' });
        const low = overlay.boxes().find(({ id }) => id === '3')?.top ?? 0;
        overlay.configure({ area: 0.3 });
        const ids = overlay.boxes().map(({ id }) => id);
        overlay.configure({ danmaku: false });
        overlay.danmaku({ id: '4', text: 'fourth', own: true });
        return { ratio: fast / slow, heights, low, ids, off: overlay.shown };
      });
      assert.ok(seen.ratio > 3.5 && seen.ratio < 4.5, `${seen.ratio} times as fast`);
      assert.deepEqual(seen.heights, [32, 64]);
      assert.ok(seen.low > 150, `the low one at ${seen.low}`);
      assert.deepEqual([seen.ids, seen.off], [['1', '2'], 0]);
    });

    test('while the player is paused no danmaku moves or starts; afterwards all continue', async () => {
      await overlayPage.open({ renderer, durationMs: 5_000 });
      const seen = await overlayPage.page.evaluate(async () => {
        overlay.danmaku({ id: '1', text: 'first' });
        for (let i = 0; i < 6; i++) await nextFrame();
        overlay.pause();
        const before = overlay.boxes();
        overlay.danmaku({ id: '2', text: 'second' });
        for (let i = 0; i < 6; i++) await nextFrame();
        const after = overlay.boxes();
        const pending = overlay.pending;
        overlay.resume();
        for (let i = 0; i < 6; i++) await nextFrame();
        return {
          stood: before[0]?.left === after[0]?.left,
          count: after.length,
          pending,
          moved: (overlay.boxes()[0]?.left ?? 0) < (after[0]?.left ?? 0),
          shown: overlay.shown,
        };
      });
      assert.deepEqual(seen, { stood: true, count: 1, pending: 1, moved: true, shown: 2 });
    });

    test('a long stream reuses elements and bitmaps: it creates no more than are in flight together', async () => {
      await overlayPage.open({ renderer, maxShown: 20, durationMs: 60 });
      const made = await overlayPage.page.evaluate(async () => {
        for (let i = 0; i < 400; i++) {
          overlay.danmaku({ id: String(i), text: `again ${i}` });
          if (i % 10 === 0) await nextFrame();
        }
        return overlay.elementsMade;
      });
      assert.ok(made > 0 && made <= 21, `${made} were made`);
    });

    test('clear removes all danmaku, and destroy also elements, timers and animations', async () => {
      await overlayPage.open({ renderer, ...long });
      const left = await overlayPage.page.evaluate(() => {
        for (let i = 0; i < 50; i++) overlay.danmaku({ id: String(i), text: `x ${i}` });
        overlay.clear();
        const counts = [overlay.shown, overlay.pending, overlay.dropped];
        overlay.danmaku({ id: 'again', text: 'again' });
        overlay.destroy();
        return { counts, animations: document.getAnimations().length, elements: document.querySelectorAll('#stage > *').length };
      });
      assert.deepEqual(left, { counts: [0, 0, 0], animations: 0, elements: 0 });
    });
  });
}

test('elements are at the positions of `boxes`, have the given looks, and never parse text as HTML', async () => {
  await overlayPage.open({ ...long, opacity: 0.5 });
  const text = '<img src=x onerror="window.hacked = true">';
  await overlayPage.page.evaluate((given) => {
    overlay.danmaku({ id: '1', text: given, mode: 'top', color: 'rgb(1, 2, 3)' });
    overlay.danmaku({ id: '2', text: 'mine', mode: 'top', own: true, size: 'large' });
    for (const id of ['3', '4', '5']) overlay.danmaku({ id, text: 'many', mode: 'top' });
  }, text);
  const seen = await overlayPage.page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('[data-testid=danmaku]')].map((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const { opacity, color } = getComputedStyle(element);
      const box = overlay.boxes().find(({ id }) => id === element.dataset['id']);
      const near = [left - (box?.left ?? 0), top - (box?.top ?? 0), width - (box?.width ?? 0), height - (box?.height ?? 0)].every((off) => Math.abs(off) <= 1);
      return { text: element.textContent, near, opacity, color, classes: element.className, part: element.part.value };
    }),
  );
  const usual = { near: true, opacity: '0.5', color: 'rgb(255, 255, 255)', classes: 'danmux-danmaku', part: 'danmaku' };
  assert.deepEqual(seen, [
    { ...usual, text, color: 'rgb(1, 2, 3)' },
    { ...usual, text: 'mine', opacity: '1', classes: 'danmux-danmaku danmux-own', part: 'danmaku own' },
    { ...usual, text: 'many×3' },
  ]);
  assert.equal(await overlayPage.page.evaluate(() => 'hacked' in window || document.querySelector('#stage img') !== null), false);
});

test('the canvas is painted only at the positions of `boxes`; the renderer can be changed during flights', async () => {
  await overlayPage.open({ ...long, renderer: 'canvas' });
  const seen = await overlayPage.page.evaluate(async () => {
    overlay.danmaku({ id: '1', text: '弹幕 danmaku', mode: 'top' });
    await nextFrame();
    await nextFrame();
    const canvas = document.querySelector('canvas') as HTMLCanvasElement;
    const ink = (left: number, top: number, width: number, height: number) =>
      canvas
        .getContext('2d')
        ?.getImageData(left, top, width, height)
        .data.filter((value, index) => index % 4 === 3 && value > 0).length ?? 0;
    const { left, top, width, height } = overlay.boxes()[0] ?? { left: 0, top: 0, width: 0, height: 0 };
    const inside = ink(left, top, width, height);
    const outside = ink(0, 0, canvas.width, canvas.height) - ink(left - 22, 0, width + 44, height + 22);
    overlay.configure({ renderer: 'dom' });
    return {
      inside: inside > 200,
      outside,
      canvases: document.querySelectorAll('canvas').length,
      elements: document.querySelectorAll('[data-testid=danmaku]').length,
    };
  });
  assert.deepEqual(seen, { inside: true, outside: 0, canvases: 0, elements: 1 });
});

test("the page's CSS rules and properties override the overlay's, and lines follow the font in use", async () => {
  await overlayPage.open(long);
  const seen = await overlayPage.page.evaluate(async () => {
    const style = document.createElement('style');
    style.textContent = '#stage { --danmux-color: rgb(9, 9, 9); --danmux-font-size: 30px } .danmux-danmaku { letter-spacing: 0; padding: 0 10px }';
    document.head.append(style);
    await nextFrame();
    await nextFrame();
    overlay.danmaku({ id: '1', text: 'themed' });
    const element = document.querySelector('[data-testid=danmaku]') as HTMLElement;
    const { color, fontSize, paddingLeft } = getComputedStyle(element);
    const { height, width } = overlay.boxes()[0] ?? { height: 0, width: 0 };
    const off = Math.abs(width - element.getBoundingClientRect().width);
    style.remove();
    return { color, fontSize, paddingLeft, height, near: off <= 1 };
  });
  assert.deepEqual(seen, { color: 'rgb(9, 9, 9)', fontSize: '30px', paddingLeft: '10px', height: 48, near: true });
});
