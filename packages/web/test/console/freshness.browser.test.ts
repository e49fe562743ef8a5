// A key that ends, a page that nobody looks at, an api that is away: what is on the screen is never taken for more than it is.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '@danmux/testkit';
import { eventually } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';
import type { Browser } from 'playwright-core';
import { logIn, mustBeAccessible, openConsole } from './console-fixture.ts';

let danmux: Danmux;
let browser: Browser;
before(async () => {
  danmux = await startDanmux();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await danmux?.close();
});

test('a key that is no key stays outside; one that ends is out at once; the place is kept for the next', { timeout: 60_000 }, async () => {
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
  assert.equal(await page.evaluate(() => sessionStorage.length + Object.keys(localStorage).length), 0, 'the key is nowhere');
  await logIn(page, danmux.key);
  await page.getByTestId('job-id').waitFor();
  await page.getByTestId('logout').click();
  await page.getByTestId('api-key').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await page.context().close();
});

test('paused, or hidden, it asks for nothing; then it goes on', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, danmux.key, { clock: true });
  await page.getByTestId('node').first().waitFor();
  let asked = 0;
  page.on('request', () => asked++);
  const asksWithin = async (ms: number) => {
    const before = asked;
    await page.clock.fastForward(ms);
    // What was asked for meanwhile is on its way before this is answered.
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
  // What was asked for before is answered.
  await asksWithin(0);
  assert.equal(await asksWithin(60_000), 0, 'paused');
  await look('hidden');
  await page.getByTestId('hold').click();
  assert.equal(await asksWithin(60_000), 0, 'hidden');
  await look('visible');
  await eventually(async () => assert.ok((await asksWithin(10_000)) > 0, 'it goes on'));
  await page.context().close();
});

// Last: after it there is no api.
test('without the api it says so and greys what is old', { timeout: 60_000 }, async () => {
  const { page } = await openConsole(browser, danmux.url, danmux.key);
  await page.getByTestId('node').first().waitFor();
  await danmux.stopApi();
  await page.locator('[data-testid=state][data-state=away]').waitFor({ timeout: 15_000 });
  await page.getByTestId('stale').first().waitFor();
  assert.match((await page.getByTestId('stale').first().textContent()) ?? '', /does not answer.*What is shown is from .* ago/s);
  await eventually(async () => assert.ok((await page.locator('.old').count()) > 0, 'old numbers are greyed'));
  await mustBeAccessible(page, 'an api that is away');
  await page.context().close();
});
