// An operator's session: log in, open a room, push, trace and recall a message, mute a viewer, and find it all in the audit log.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keepScreenshot, startBrowser } from '@danmux/testkit';
import { closeAfter, eventually, ownerOf } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';
import type { Browser } from 'playwright-core';
import { mustBeAccessible, mustFit, openConsole } from './console-fixture.ts';

const room = 'live:1001';
const owner = ownerOf(after);
let danmux: Danmux;
let browser: Browser;
before(async () => {
  danmux = await startDanmux(owner);
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

test('log in, open a room, push, trace, recall, mute, audit: accessible, without policy violations', { timeout: 90_000 }, async () => {
  const viewer = await danmux.viewer(room, { sub: 'u7', name: '橘子汽水' });
  const { page, complaints } = await openConsole(browser, danmux.url, null);
  await mustBeAccessible(page, 'the door');
  await page.getByTestId('api-key').fill(danmux.key);
  await page.keyboard.press('Enter');

  await page.getByTestId('node').nth(3).waitFor();
  assert.deepEqual(await page.getByTestId('node').evaluateAll((cards) => cards.map((card) => (card as HTMLElement).dataset['role'])), [
    'edge',
    'relay',
    'api',
    'worker',
  ]);
  await eventually(async () => assert.equal(await page.getByTestId('total-online').textContent(), '1'));
  await page.locator('.chart canvas').nth(3).waitFor();
  await mustBeAccessible(page, 'the cluster');
  await keepScreenshot(page, 'console-cluster');

  await page.getByRole('link', { name: 'Rooms' }).click();
  await page.getByRole('link', { name: room }).click();
  await page.getByTestId('member').filter({ hasText: '橘子汽水' }).waitFor();

  // Push: plain text becomes a chat message; its id and lane are shown, and the viewer receives it.
  await page.locator('[data-testid=push] textarea').fill('晚上好');
  await page.getByTestId('push-send').click();
  const pushed = page.getByTestId('pushed');
  await pushed.waitFor();
  const id = (await pushed.getAttribute('data-id')) ?? '';
  await eventually(() =>
    assert.ok(
      viewer.msgs.some((msg) => msg.id === id),
      'the viewer got it',
    ),
  );
  const message = page.locator(`[data-testid=message][data-id="${id}"]`);
  await message.waitFor();
  await mustBeAccessible(page, 'a room');
  await keepScreenshot(page, 'console-room');

  // Recall: Escape cancels the dialog, the button confirms it.
  await message.getByTestId('recall').click();
  assert.match((await page.getByTestId('dialog').textContent()) ?? '', /晚上好.*every viewer/s);
  await mustBeAccessible(page, 'a question');
  await page.keyboard.press('Escape');
  await page.getByTestId('dialog').waitFor({ state: 'detached' });
  assert.equal((await danmux.call('GET', `/v1/rooms/${room}/history`)).body.msgs.length, 1);
  await message.getByTestId('recall').click();
  await page.getByTestId('confirm').click();
  await page
    .getByTestId('done')
    .filter({ hasText: `Recalled ${id}` })
    .waitFor();
  await message.getByTestId('recalled').waitFor();
  await eventually(() =>
    assert.ok(
      viewer.msgs.some(({ type }) => type === 'recall'),
      'the viewer is told',
    ),
  );

  // All messages of a sender, then the whole room.
  await danmux.call('POST', `/v1/rooms/${room}/messages`, { type: 'gift', data: { gift: 'rocket' }, from: { id: 'u9', name: 'Eve' }, id: 'eve-gift' });
  const gift = page.locator('[data-testid=message][data-id="eve-gift"]');
  for (const button of [gift.getByTestId('recall-sender'), page.getByTestId('clear-room')]) {
    await button.click();
    await mustBeAccessible(page, 'a question about many messages');
    await page.getByTestId('confirm').click();
    await page.getByTestId('dialog').waitFor({ state: 'detached' });
  }
  await gift.getByTestId('recalled').waitFor();
  const together = () => viewer.msgs.filter(({ type, data }) => type === 'recall' && !(data as { id?: string }).id);
  await eventually(() => assert.equal(together().length, 2));

  await page.getByTestId('user-id').fill('u7');
  await page.getByTestId('mute-user').click();
  await page.locator('dialog select').selectOption({ label: '1 hour' });
  await page.locator('dialog input').fill('刷屏');
  await page.getByTestId('confirm').click();
  await page.getByTestId('sanctions').filter({ hasText: '刷屏' }).waitFor();
  const muted = (await danmux.call('GET', `/v1/rooms/${room}/mutes/u7`)).body;
  assert.equal(muted.until - muted.at, 3_600_000);

  await page.locator('[data-testid=modes] [name=slow_ms]').fill('2.5');
  await page.getByTestId('save-modes').click();
  await page.getByTestId('confirm').click();
  await eventually(async () => assert.deepEqual((await danmux.call('GET', `/v1/rooms/${room}`)).body.modes, { slow_ms: 2_500 }));

  // The ledger is updated every few seconds.
  await page.getByTestId('sequenced-chat').filter({ hasText: /^1$/ }).waitFor();

  await page.getByRole('link', { name: 'Audit' }).click();
  for (const route of ['/v1/rooms/:room/messages/:id', '/v1/rooms/:room/recall', '/v1/rooms/:room/mutes/:user', '/v1/rooms/:room']) {
    await page.getByTestId('audit-row').filter({ hasText: route }).first().waitFor();
  }
  assert.match((await page.getByTestId('audit-row').filter({ hasText: 'mutes' }).textContent()) ?? '', /u7.*刷屏.*200/s);
  await mustBeAccessible(page, 'the audit log');
  await page.getByTestId('log').selectOption('publishing');
  await page.getByTestId('audit-row').filter({ hasText: '/v1/rooms/:room/messages' }).first().waitFor();

  // `complaints` would contain violations of the content security policy, for example a resource from another origin.
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('the trace of a message shows each hop and the receipts', { timeout: 60_000 }, async () => {
  const viewer = await danmux.viewer('live:7', { sub: 'u1' });
  await danmux.call('POST', '/v1/rooms/live:7/messages', { type: 'gift', data: { gift: 'rocket' }, id: 'order-1', receipt: true });
  await eventually(() => assert.equal(viewer.msgs.length, 1));
  const { page, complaints } = await openConsole(browser, danmux.url, danmux.key, { hash: '#/messages/order-1?room=live:7' });
  await page.locator('[data-hop=delivered]').waitFor();
  const hops = await page.locator('[data-testid=hops] li').evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset['hop']));
  assert.deepEqual(hops, ['accepted', 'stored', 'sequenced', 'delivered']);
  await page.getByTestId('receipts').waitFor();
  await mustBeAccessible(page, 'a trace');
  await keepScreenshot(page, 'console-trace');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a problem of a process is shown on its card', { timeout: 60_000 }, async () => {
  const { page, complaints } = await openConsole(browser, danmux.url, danmux.key, { width: 375 });
  await page.getByTestId('node').first().waitFor();
  assert.equal(await page.getByTestId('degraded').count(), 0);
  danmux.degrade('redis_eviction', 'The maxmemory-policy of Redis is allkeys-lru: it may delete stored messages.');
  // All roles run in this process, so each card shows the problem.
  await eventually(async () => assert.equal(await page.getByTestId('degraded').count(), 4));
  assert.match((await page.getByTestId('degraded').first().textContent()) ?? '', /redis_eviction\s+The maxmemory-policy of Redis is allkeys-lru/);
  await mustFit(page, 'a degraded cluster');
  await mustBeAccessible(page, 'a degraded cluster');
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('every page fits a phone and a wide screen, also in Chinese, and is accessible', { timeout: 60_000 }, async () => {
  const { page, complaints } = await openConsole(browser, danmux.url, danmux.key, { width: 375, locale: 'zh-CN' });
  for (const name of ['cluster', 'rooms', `rooms/${room}`, 'messages', 'reviews', 'sanctions', 'words', 'jobs', 'webhooks', 'audit']) {
    await page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${name}`);
    await page.locator('main h1').waitFor();
    await page.locator('.waiting').first().waitFor({ state: 'detached' });
    await mustFit(page, name);
    await mustBeAccessible(page, name);
    await keepScreenshot(page, `console-phone-${name.replaceAll(/\W/g, '-')}`);
  }
  assert.equal(await page.getAttribute('html', 'lang'), 'zh-CN');
  assert.match(await page.title(), /审计/);
  assert.deepEqual(complaints, []);
  await page.context().close();
});
