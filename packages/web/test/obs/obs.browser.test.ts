// The OBS page of a real danmux: transparent, with the look from its URL, and without errors that viewers of the stream would see.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts } from '@danmux/testkit';
import { faultsOf } from '@danmux/testkit/accessible';
import { livePage } from '@danmux/testkit/live-page';
import { eventually } from '@danmux/testkit/unit';

const live = livePage();
const online = '[data-state=online]';

test('the page is transparent except for danmaku, and sends the token only to the edge', async () => {
  const token = await live.edge.token('obs', { rooms: ['live:obs'] });
  const page = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}&size=40#token=${token}`);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.reload();
  await page.locator(online).waitFor();
  await live.push('live:obs', { from: { id: 'a' }, data: { text: '弹幕' } });
  await page.locator('.danmux-danmaku', { hasText: '弹幕' }).waitFor();
  const picture = (await page.screenshot({ omitBackground: true })).toString('base64');
  // The screenshot is decoded on about:blank, because the content security policy of the OBS page forbids fetching a data URL.
  const reader = await page.context().newPage();
  const alphas = await reader.evaluate(async (png) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    let clear = 0;
    for (let i = 3; i < data.length; i += 4) if (data[i] === 0) clear++;
    return { clear: clear / (data.length / 4), corner: data[data.length - 1] };
  }, picture);
  assert.ok(alphas.corner === 0 && alphas.clear > 0.9, JSON.stringify(alphas));
  assert.ok(requests.length > 2 && !requests.some((url) => url.includes(token)), requests.join('\n'));
});

test('lanes=gift shows gifts only; without ?url the page finds the edges itself', async () => {
  // A console error about a 404 does not fail this test.
  live.expect(/404/);
  const page = await live.visit('/overlay/?room=live:gifts&lanes=gift');
  await page.locator(online).waitFor();
  await live.push('live:gifts', { from: { id: 'a' }, data: { text: 'not this' } });
  await live.push('live:gifts', { type: 'gift', from: { id: 'a', name: 'A' }, data: { name: 'Rocket' } });
  await page.locator('.danmux-gift', { hasText: 'Rocket' }).waitFor();
  assert.equal(await page.locator('[data-testid=danmaku]').count(), 0);
});

test('an invalid parameter is reported once, in the requested language, and the page works', async () => {
  const page = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}&speed=fast&lang=zh-CN`);
  await page.locator(online).waitFor();
  assert.deepEqual(await page.locator('.danmux-note p').allTextContents(), ['speed=fast 未生效：请填 0.1 到 10 之间的数字，例如 speed=1.5。']);
});

test('a lost connection is not shown; a refused token is reported to the person who sets up the page', async () => {
  live.expect(/ERR_CONNECTION_REFUSED/);
  const away = await live.visit(`/overlay/?room=live:obs&url=http://127.0.0.1:${await freePorts(1)}`);
  await away.locator('[data-state=connecting]').waitFor();
  assert.equal(await away.locator('.danmux-note').isVisible(), false);
  assert.deepEqual(await faultsOf(away), []);
  const refused = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#token=wrong`);
  await eventually(async () => assert.match((await refused.locator('.danmux-note').textContent()) ?? '', /The token in the address is refused.*after #token=/));
  assert.deepEqual(await faultsOf(refused), []);
});
