// The console offers only what the key may do, never parses viewers' texts as HTML, never shows a refused action as done, and can be used without
// a mouse.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '@danmux/testkit';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';
import type { Browser, Page } from 'playwright-core';
import { mustBeAccessible, mustFit, openConsole } from './console-fixture.ts';

const room = 'live:1';
const hostile = '"><img src=x onerror="document.title=1"><script>document.title=2</script>{{1}}';
const owner = ownerOf(after);
let danmux: Danmux;
let browser: Browser;
before(async () => {
  danmux = await startDanmux(owner);
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

const place = (page: Page, hash: string) =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);

test('a read-only key is offered no actions, and the reason is shown', { timeout: 60_000 }, async () => {
  const viewer = await danmux.viewer(room, { sub: 'u1', name: 'Ann' });
  await viewer.send('chat', { text: 'hello' }, 'c1');
  const { page, complaints } = await openConsole(browser, danmux.url, await danmux.makeKey('only-read', ['read']), { hash: `#/rooms/${room}` });
  await page.getByTestId('message').waitFor();
  await page.getByTestId('member').waitFor();
  const why = await page.getByTestId('needs').allTextContents();
  assert.ok(why.length >= 3 && why.every((text) => /only-read.*(publish|moderate)/.test(text)), why.join('\n'));
  // The only buttons in the page's content are those that change the view.
  assert.deepEqual(await page.locator('main button').allInnerTexts(), ['control', 'gift', 'chat', 'Freeze']);
  assert.equal(await page.locator('main form').count(), 0);
  await mustBeAccessible(page, 'a room that may only be read');
  assert.equal(await page.locator('nav.pages a', { hasText: 'Audit' }).count(), 0);
  assert.match((await page.locator('nav.pages .closed', { hasText: 'Audit' }).getAttribute('title')) ?? '', /only-read.*admin/);
  await place(page, '#/audit');
  await page.locator('[data-testid=needs][data-scope=admin]').waitFor();
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a key limited to some rooms starts at their list, and closed pages show the reason', { timeout: 60_000 }, async () => {
  await danmux.viewer('vip:1', { sub: 'u1' });
  const { page, complaints } = await openConsole(browser, danmux.url, await danmux.makeKey('vip-desk', ['admin'], ['vip:*']));
  await page.getByRole('link', { name: 'vip:1' }).click();
  await page.getByTestId('member').waitFor();
  await place(page, '#/cluster');
  await page.locator('[data-testid=needs]', { hasText: 'vip:*' }).waitFor();
  assert.deepEqual(await page.locator('nav.pages a').allInnerTexts(), ['Rooms', 'Trace']);
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('texts of users are never parsed as HTML', { timeout: 60_000 }, async () => {
  const viewer = await danmux.viewer('live:2', { sub: hostile, name: hostile });
  await viewer.send('chat', { text: hostile }, 'c1');
  await danmux.call('POST', '/v1/rooms/live:2/messages', { type: 'gift', from: { id: hostile, name: hostile }, data: { name: hostile }, id: '<b>id</b>' });
  const { page, complaints } = await openConsole(browser, danmux.url, danmux.key, { hash: '#/rooms/live:2', width: 375 });
  await page.getByTestId('message').nth(1).waitFor();
  assert.equal(await page.getByTestId('message').locator('.text', { hasText: hostile }).count(), 2);
  await page.getByTestId('member').filter({ hasText: hostile }).waitFor();
  // Muting succeeds only when the user id is encoded correctly in the path of the request.
  await page.getByTestId('mute-sender').first().click();
  assert.ok(((await page.getByTestId('dialog').textContent()) ?? '').includes(hostile), 'the dialog names the user');
  await page.getByTestId('confirm').click();
  await page.getByTestId('sanctions').filter({ hasText: hostile }).waitFor();
  assert.equal((await danmux.call('GET', '/v1/rooms/live:2/mutes')).body.mutes[0].user, hostile);
  await mustFit(page, 'a room of a hostile user');
  for (const hash of [
    '#/audit',
    `#/rooms/${encodeURIComponent(hostile)}`,
    `#/messages/${encodeURIComponent(hostile)}?room=${encodeURIComponent(hostile)}`,
    '#/rooms/%E0%A4%A',
  ]) {
    await place(page, hash);
    await page.locator('main h1').waitFor();
    assert.equal(await page.locator('main img, main script, main b[onerror]').count(), 0, hash);
  }
  assert.match(await page.title(), /danmux$/);
  // Chromium logs every reply with an error status. The test ignores these lines, because they are not errors of the page.
  assert.deepEqual(
    complaints.filter((text) => !text.startsWith('Failed to load resource')),
    [],
  );
  await page.context().close();
});

test('a refusal is shown with its text and trace id, and no result is shown as done', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, danmux.key, { hash: `#/rooms/${room}` });
  await page.locator('[data-testid=push] [name=type]').fill('no-such-type');
  await page.locator('[data-testid=push] textarea').fill('{"a": ');
  await page.getByTestId('push-send').click();
  await page.locator('#push-problem', { hasText: 'JSON' }).waitFor();
  await page.locator('[data-testid=push] textarea').fill('{"a": 1}');
  await page.getByTestId('push-send').click();
  await page.getByTestId('confirm').click();
  const refused = page.getByTestId('refused');
  await refused.filter({ hasText: 'unknown_type' }).waitFor();
  assert.match((await refused.textContent()) ?? '', /trace \w{20,}/);
  assert.equal(await page.getByTestId('pushed').count(), 0);
  await mustBeAccessible(page, 'a refusal');
  await page.context().close();
});

test('a user can be banned with the keyboard alone', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, danmux.key);
  await page.getByTestId('node').first().waitFor();
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 80; presses++) {
      await page.keyboard.press('Tab');
      if (name.test(await page.evaluate(() => document.activeElement?.textContent?.trim() ?? ''))) return;
    }
    assert.fail(`Tab does not reach ${name}`);
  };
  await tabTo(/^Mutes and bans$/);
  await page.keyboard.press('Enter');
  await page.locator('[name=user]').waitFor();
  await page.locator('[name=user]').focus();
  await page.keyboard.type('u9');
  await tabTo(/^Ban$/);
  await page.keyboard.press('Enter');
  await page.getByTestId('dialog').waitFor();
  await tabTo(/^Ban$/);
  await page.keyboard.press('Enter');
  await page.getByTestId('done').filter({ hasText: 'Banned u9' }).waitFor();
  assert.equal((await danmux.call('GET', '/v1/bans/u9')).status, 200);
  await page.context().close();
});
