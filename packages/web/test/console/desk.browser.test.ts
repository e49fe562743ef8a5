// The operator's queues: a message held by a word list, and a delayed message.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser } from '@danmux/testkit';
import { closeAfter, eventually, ownerOf } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';
import type { Browser } from 'playwright-core';
import { openConsole } from './console-fixture.ts';

const owner = ownerOf(after);
let danmux: Danmux;
let browser: Browser;
before(async () => {
  danmux = await startDanmux(owner);
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
});

test('a new word list holds a message, and the operator approves it', { timeout: 60_000 }, async () => {
  const viewer = await danmux.viewer('live:1', { sub: 'u1', name: 'Ann' });
  const other = await danmux.viewer('live:1', { sub: 'u2' });
  const { page, complaints } = await openConsole(browser, danmux.url, danmux.key, { hash: '#/words' });
  await page.locator('[name=name]').fill('ads');
  await page.locator('[name=action]').selectOption('hold');
  await page.locator('[name=words]').fill('加微信\n加微信\n  spam  ');
  await page.locator('main form button[type=submit]').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('words').filter({ hasText: 'ads' }).waitFor();
  assert.deepEqual((await danmux.call('GET', '/v1/words/ads')).body.words, ['加微信', 'spam']);

  await eventually(async () => {
    const reply = await viewer.send('chat', { text: '加微信' }, `c${Math.random()}`);
    assert.equal(reply.ok && reply.held, true);
  });
  await page.goto(`${danmux.url}/console/#/reviews`);
  const held = page.getByTestId('review').first();
  await held.filter({ hasText: 'ads' }).waitFor();
  await held.getByTestId('approve').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('done').filter({ hasText: 'Ann' }).waitFor();
  await eventually(() =>
    assert.ok(
      other.msgs.some(({ lane }) => lane === 'chat'),
      'the others are shown it',
    ),
  );
  assert.deepEqual(complaints, []);
  await page.context().close();
});

test('a delayed message is found by its job id and cancelled', { timeout: 60_000 }, async () => {
  const { body } = await danmux.call('POST', '/v1/rooms/live:1/messages', { type: 'notice', data: { text: 'later' }, delay_ms: 600_000 });
  const { page, complaints } = await openConsole(browser, danmux.url, danmux.key, { hash: '#/jobs' });
  await page.getByTestId('job-id').fill(body.job);
  await page.keyboard.press('Enter');
  await page.locator('[data-testid=job][data-state=delayed]').waitFor();
  await page.getByTestId('cancel-job').click();
  await page.getByTestId('confirm').click();
  await page.getByTestId('done').filter({ hasText: body.job }).waitFor();
  assert.equal((await danmux.call('GET', `/v1/jobs/${body.job}`)).status, 404);
  // The page requests the job once more after the cancellation, and the browser logs the 404.
  assert.deepEqual(
    complaints.filter((text) => !text.includes('404')),
    [],
  );
  await page.context().close();
});
