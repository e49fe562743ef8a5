// The documentation pages in Chromium, under their content security policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '@danmux/testkit';
import { type ApiFixture, apiKey, startApi } from '@danmux/testkit/api-fixture';
import { operations } from '@danmux/testkit/documented-codes';
import { closeAfter, ownerOf } from '@danmux/testkit/unit';
import type { Browser } from 'playwright-core';

const owner = ownerOf(after);
let fixture: ApiFixture;
let browser: Browser;
before(async () => {
  fixture = await startApi(owner);
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

test('/docs shows every route, contacts no other server, and can send a request', async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('request', (request) => request.url().startsWith('http') && hosts.add(new URL(request.url()).host));
  await page.goto(`${fixture.url}/docs`);
  await page
    .locator('.opblock')
    .nth(operations.length - 1)
    .waitFor();
  assert.equal(await page.locator('.opblock').count(), operations.length);
  await page.locator('button.authorize').first().click();
  await page.locator('#auth-bearer-value').fill(apiKey);
  await page.locator('.auth-btn-wrapper .authorize').first().click();
  await page.locator('.btn-done').first().click();
  await page.locator('.opblock-summary-path[data-path="/v1/stats"]').click();
  await page.locator('.try-out__btn').click();
  await page.locator('button.execute').click();
  await page.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  await page.locator('.opblock-summary-path[data-path="/v1/stats"]').click();
  // The example is sent unchanged: path, headers and body.
  const mute = page.locator('.opblock-put', { has: page.locator('[data-path="/v1/rooms/{room}/mutes/{user}"]') });
  await mute.locator('.opblock-summary-path').click();
  await mute.locator('.try-out__btn').click();
  await mute.locator('button.execute').click();
  await mute.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  assert.equal((await fixture.call('GET', '/v1/rooms/live:1001/mutes/u42')).body.reason, '刷屏');
  assert.deepEqual(complaints, []);
  assert.deepEqual([...hosts], [new URL(fixture.url).host]);
  await page.close();
});
