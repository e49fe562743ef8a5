// The demo page with the elements: on a desktop in Chinese and on a phone in English, and its accessibility.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepScreenshot } from '@danmux/testkit';
import { faultsOf } from '@danmux/testkit/accessible';
import { livePage } from '@danmux/testkit/live-page';
import type { Page } from 'playwright-core';
import { latinWords } from '../latin-words.ts';

const live = livePage();

async function enter(room: string, viewport: { width: number; height: number }, locale: string): Promise<Page> {
  const page = await live.visit(`/demo/?room=${room}`, { viewport, locale });
  await page.locator('[data-testid=state][data-state=online]').waitFor();
  for (const [index, text] of ['前排!', 'Encore!!', '主播唱得太好了'].entries())
    await live.push(room, { from: { id: `u${index}`, name: '阿柴', level: 9 + 11 * index, roles: ['vip', 'moderator'] }, data: { text } });
  await live.push(room, { type: 'superchat', from: { id: 's', name: '夜航船' }, data: { text: '谢谢今晚的歌', amount: '¥50', tier: 2 } });
  await page.locator('li', { hasText: '谢谢今晚的歌' }).waitFor();
  return page;
}

async function sendGift(page: Page, name: string): Promise<void> {
  await page.locator('[data-testid=gift-toggle]').click();
  await page.locator('[data-gift=rose]').click();
  await page.locator('[data-testid=gift-banner]', { hasText: name }).waitFor();
  await page.locator('[data-testid=latest-gift]', { hasText: name }).waitFor();
}

test('on a desktop in Chinese: axe finds no problem, and a gift is sent by the backend', async () => {
  const page = await enter('live:desktop', { width: 1280, height: 720 }, 'zh-CN');
  assert.equal(await page.locator('[data-testid=send]').textContent(), '发送');
  await page.locator('[data-testid=chat-input]').fill('是我');
  await page.locator('[data-testid=send]').click();
  await page.locator('.danmux-own', { hasText: '是我' }).waitFor();
  await sendGift(page, '玫瑰');
  assert.deepEqual(await faultsOf(page), []);
  await page.locator('[data-testid=settings]').press('Enter');
  assert.deepEqual(await faultsOf(page), []);
  // No word of the page itself is left in English.
  assert.deepEqual(await latinWords(page, ['live:desktop', 'Encore!!']), []);
  await keepScreenshot(page, 'elements-desktop');
});

test('on a phone in English: the same, and no element is wider than the screen', async () => {
  const page = await enter('live:phone', { width: 375, height: 812 }, 'en-US');
  assert.equal(await page.locator('[data-testid=send]').textContent(), 'Send');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  await sendGift(page, 'Rose');
  assert.deepEqual(await faultsOf(page), []);
  await page.locator('[data-testid=settings]').press('Enter');
  const panel = await page.locator('.panel').boundingBox();
  assert.ok(panel && panel.x >= 0 && panel.x + panel.width <= 375 && panel.y >= 0 && panel.y + panel.height <= 812, JSON.stringify(panel));
  await keepScreenshot(page, 'elements-phone');
});
