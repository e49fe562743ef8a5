// The element <danmux-overlay> in Chromium, in a room of a real danmux: danmaku and gifts, attributes, the viewer's settings menu.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livePage } from '@danmux/testkit/live-page';
import { eventually } from '@danmux/testkit/unit';
import type { DanmuxOverlayElement } from '../../src/index.ts';

const live = livePage();
const overlay = (room: string, token: string, more = '') =>
  `<danmux-overlay url="${live.edge.url}" room="${room}" token="${token}" ${more}><video></video></danmux-overlay>`;

test("danmaku and gifts are shown over the content; the viewer's own are framed; the overlay shares the chat's connection", async () => {
  const token = await live.edge.token('me');
  const page = await live.open(`${overlay('live:o', token)}<danmux-chat url="${live.edge.url}" room="live:o" token="${token}"></danmux-chat>`);
  await page.locator('[data-testid=state][data-state=online]').waitFor();
  await eventually(async () => assert.equal((await live.edge.bus.presence.totals()).online, 1));
  await live.push('live:o', { from: { id: 'a' }, data: { text: '<b>first</b>' } });
  await live.push('live:o', { type: 'gift', from: { id: 'a', name: 'A' }, data: { name: 'Rocket', count: 3 } });
  await page.locator('[data-testid=danmaku]', { hasText: '<b>first</b>' }).waitFor();
  await page.locator('[data-testid=gift-banner]', { hasText: 'Rocket' }).waitFor();
  await page.locator('[data-testid=chat-input]').fill('mine');
  await page.locator('[data-testid=send]').click();
  await page.locator('.danmux-own', { hasText: 'mine' }).waitFor();
  assert.equal(await page.locator('danmux-overlay video').isVisible(), true);
});

test("attributes set the overlay's settings; the viewer's choices in the menu override them and are stored", async () => {
  const body = overlay('live:looks', await live.edge.token('me'), 'opacity="0.5" speed="1.5" font-size="30" remember="t"');
  const page = await live.open(body);
  const settings = () => page.locator('danmux-overlay').evaluate((element: DanmuxOverlayElement) => element.overlay?.settings);
  await eventually(async () => assert.ok(await settings(), 'the overlay exists'));
  const { opacity, speed, fontSize } = (await settings()) ?? {};
  assert.deepEqual([opacity, speed, fontSize], [0.5, 1.5, 30]);
  await page.locator('danmux-overlay').evaluate((element) => element.setAttribute('speed', '2'));
  await eventually(async () => assert.equal((await settings())?.speed, 2));

  await page.locator('[data-testid=settings]').press('Enter');
  await page.locator('input[name=opacity]').fill('0.8');
  await page.locator('input[name=danmaku]').uncheck();
  await page.keyboard.press('Escape');
  await page.locator('.panel').waitFor({ state: 'hidden' });
  const chosen = await settings();
  assert.deepEqual([chosen?.opacity, chosen?.danmaku], [0.8, false]);
  await page.reload();
  await eventually(async () => assert.deepEqual([(await settings())?.opacity, (await settings())?.danmaku], [0.8, false]));
});

test('removed from the page, the element stops everything; inserted again, it continues', async () => {
  const page = await live.open(overlay('live:moved', await live.edge.token('me')));
  await page.evaluate(() => {
    const element = document.querySelector('danmux-overlay') as HTMLElement;
    element.remove();
    document.body.append(element);
  });
  await eventually(async () => {
    await live.push('live:moved', { from: { id: 'a' }, data: { text: 'again' } });
    assert.ok((await page.locator('[data-testid=danmaku]', { hasText: 'again' }).count()) > 0, 'the danmaku is shown');
  });
});
