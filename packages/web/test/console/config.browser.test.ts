// Processes whose configs differ, and webhook targets that no worker has, as the console shows them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { keepScreenshot, startBrowser } from '@danmux/testkit';
import { type ApiFixture, apiKey, startApi } from '@danmux/testkit/api-fixture';
import { announceMember, closeAfter, eventually, ownerOf, type Settings, testConfig } from '@danmux/testkit/unit';
import { webRoot } from '@danmux/web';
import type { Browser } from 'playwright-core';
import { mustBeAccessible, mustFit, openConsole } from './console-fixture.ts';

const owner = ownerOf(after);
const secret = `whsec_${'a'.repeat(32)}`;
const target = (id: string) => ({ id, url: `https://${id}.example/in`, secret });
const withTarget = { 'webhooks.targets': [target('billing')] };
let api: ApiFixture;
let browser: Browser;
before(async () => {
  // No worker runs beside this api; the tests announce other processes.
  api = await startApi(owner, withTarget, undefined, { webRoot: fileURLToPath(webRoot) });
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

async function announce(id: string, set?: Settings): Promise<void> {
  await announceMember(api.bus, id, set && testConfig({ 'api.key': apiKey, shards: 4, ...set }));
}

test('an edge with another token secret is named in a banner and on its card', { timeout: 60_000 }, async () => {
  for (const id of ['edge@a', 'relay@b', 'worker@c']) await announce(id, withTarget);
  await announce('edge@old');
  const { page, complaints } = await openConsole(browser, api.url, apiKey, { width: 375 });
  await page.getByTestId('node').nth(4).waitFor();
  assert.equal(await page.getByTestId('config-differences').count(), 0, 'no banner while the configs agree');
  assert.deepEqual(await page.getByTestId('config').allTextContents(), ['config not reported (older version)']);

  await announce('edge@odd', { ...withTarget, 'viewer.token_secret': 'x'.repeat(32) });
  await announce('worker@c', {});
  const banner = page.getByTestId('config-differences');
  await banner.waitFor();
  assert.deepEqual(
    (await banner.locator('li').allTextContents()).map((text) => text.replaceAll(/\s+/g, ' ').trim()),
    ['viewer.token_secret differs in edge@odd', 'webhooks.targets.billing differs in worker@c'],
  );
  const card = page.getByTestId('node').filter({ hasText: 'edge@odd' });
  assert.match((await card.getByTestId('config').textContent()) ?? '', /^Config differs:\s+viewer\.token_secret\s*$/);
  assert.match((await card.getAttribute('class')) ?? '', /worried/);
  await mustFit(page, 'a cluster with different configs');
  await mustBeAccessible(page, 'a cluster with different configs');
  await keepScreenshot(page, 'console-config-differs');

  await announce('edge@odd', withTarget);
  await announce('worker@c', withTarget);
  await banner.waitFor({ state: 'detached' });
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a target that no worker has is not shown as healthy, and one that only a worker has is shown', { timeout: 60_000 }, async () => {
  await announce('worker@c', { 'webhooks.targets': [target('audit')] });
  const { page, complaints } = await openConsole(browser, api.url, apiKey, { width: 375, hash: '#/webhooks' });
  const row = page.getByTestId('targets').locator('tbody tr');
  await row.waitFor();
  assert.match((await row.textContent()) ?? '', /billing\s+billing\.example\s+no worker\s+0 of 1 workers have this target in their config\./);
  assert.match((await page.getByTestId('unlisted').textContent()) ?? '', /^In the config of workers only:\s+audit\s*$/);
  assert.equal(await row.getByRole('button').count(), 0, 'a retry would change nothing');
  await mustFit(page, 'a target without a worker');
  await mustBeAccessible(page, 'a target without a worker');
  await announce('worker@c', withTarget);
  await eventually(async () => assert.match((await row.textContent()) ?? '', /healthy/), { timeoutMs: 20_000 });
  assert.equal(await page.getByTestId('unlisted').count(), 0);
  assert.equal(await page.getByTestId('workers').count(), 0);
  assert.deepEqual(complaints, []);
  await page.context().close();
});
