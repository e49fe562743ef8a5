// A revoked key, a hidden or paused page, an unreachable api: the console never shows old data as current.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '@danmux/testkit';
import { closeAfter, eventually, ownerOf } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';
import type { Browser } from 'playwright-core';
import { logIn, mustBeAccessible, openConsole } from './console-fixture.ts';

const owner = ownerOf(after);
let danmux: Danmux;
let browser: Browser;
before(async () => {
  danmux = await startDanmux(owner);
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

test('an unknown key cannot log in; a revoked key is logged out; the next login opens the same page', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, null, { hash: '#/jobs' });
  await page.getByTestId('api-key').fill('nobody');
  await page.getByTestId('log-in').click();
  await page.getByTestId('login-problem').waitFor();
  await mustBeAccessible(page, 'a refused login');
  await logIn(page, await danmux.makeKey('short-lived', ['read']));
  await page.getByTestId('job-id').waitFor();
  await page.reload();
  await page.getByTestId('job-id').waitFor();
  await danmux.call('DELETE', '/v1/keys/short-lived');
  await page.getByTestId('login-problem').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length + Object.keys(localStorage).length), 0, 'the key is not stored');
  await logIn(page, danmux.key);
  await page.getByTestId('job-id').waitFor();
  await page.getByTestId('logout').click();
  await page.getByTestId('api-key').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.context().close();
});

test('a paused or hidden page sends no requests, and continues afterwards', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, danmux.key, { clock: true });
  await page.getByTestId('node').first().waitFor();
  let asked = 0;
  page.on('request', () => asked++);
  const asksWithin = async (ms: number) => {
    const before = asked;
    await page.clock.fastForward(ms);
    // The page's own requests during the fast-forward are sent before this request is answered, so all of them are counted.
    await page.evaluate(() => fetch('/healthz').then(({ status }) => status));
    return asked - before - 1;
  };
  const look = (state: 'hidden' | 'visible') =>
    page.evaluate((shown) => {
      Object.defineProperty(document, 'visibilityState', { value: shown, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, state);
  await page.getByTestId('hold').click();
  await page.locator('[data-testid=state][data-state=held]').waitFor();
  // Requests that the page sent before the pause are counted here, and not in the check below.
  await asksWithin(0);
  assert.equal(await asksWithin(60_000), 0, 'paused');
  await look('hidden');
  await page.getByTestId('hold').click();
  assert.equal(await asksWithin(60_000), 0, 'hidden');
  await look('visible');
  await eventually(async () => assert.ok((await asksWithin(10_000)) > 0, 'requests are sent again'));
  await page.context().close();
});

// The last test, because it stops the api.
test('without the api the console reports it and greys old numbers', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, danmux.key);
  await page.getByTestId('node').first().waitFor();
  await danmux.stopApi();
  await page.locator('[data-testid=state][data-state=away]').waitFor({ timeout: 15_000 });
  await page.getByTestId('stale').first().waitFor();
  assert.match((await page.getByTestId('stale').first().textContent()) ?? '', /does not answer.*Showing data from .* ago/s);
  await eventually(async () => assert.ok((await page.locator('.old').count()) > 0, 'old numbers are greyed'));
  await mustBeAccessible(page, 'an api that is away');
  await page.context().close();
});
