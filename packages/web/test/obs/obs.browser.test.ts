// The OBS page of a real danmux: transparent, with the look from its URL; whatever ends it is said on the page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts } from '@danmux/testkit';
import { faultsOf } from '@danmux/testkit/accessible';
import { livePage } from '@danmux/testkit/live-page';
import { eventually } from '@danmux/testkit/unit';

const live = livePage();
const online = '[data-state=online]';

test('the page is transparent except for danmaku, and sends the token only to the edge', async () => {
  // A room where somebody was: the page has no note about its name.
  await live.push('live:obs', { from: { id: 'a' }, data: { text: 'earlier' } });
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

type Page = Awaited<ReturnType<typeof live.visit>>;
const noteOf = (page: Page) => page.locator('.danmux-note');
const says = (page: Page, text: RegExp) => eventually(async () => assert.match((await noteOf(page).textContent()) ?? '', text), { timeoutMs: 20_000 });

test('a watch key in the address shows the room; its deletion ends the page within two seconds and says so', async () => {
  live.expect(/401/);
  const { body } = await live.api.call('POST', '/v1/keys', { scopes: ['watch'], rooms: ['live:obs'] });
  const page = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#key=${body.key}`);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.reload();
  await page.locator(online).waitFor();
  await live.push('live:obs', { from: { id: 'a' }, data: { text: '弹幕' } });
  await page.locator('.danmux-danmaku', { hasText: '弹幕' }).waitFor();
  assert.equal(await noteOf(page).isVisible(), false);
  assert.ok(requests.some((url) => url.endsWith('/v1/tokens/watch')) && !requests.some((url) => url.includes(body.key)), requests.join('\n'));
  const before = performance.now();
  await live.api.call('DELETE', `/v1/keys/${body.id}`);
  await says(page, /The connection was ended: The watch key|The watch key in the address is refused/);
  assert.ok(performance.now() - before < 2_000, `${performance.now() - before} ms`);
  await says(page, /The watch key in the address is refused/);
  assert.deepEqual(await faultsOf(page), []);
});

test('a watch key of another room, a wrong key and a token that ended are said on the page', async () => {
  live.expect(/40[13]/);
  const { body } = await live.api.call('POST', '/v1/keys', { scopes: ['watch'], rooms: ['live:other'] });
  const other = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#key=${body.key}`);
  await says(other, /It is for the room live:other, and the address names live:obs/);
  await says(await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#key=dmx_wrong`), /The watch key in the address is refused/);
  await says(await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#token=${await live.edge.token('obs', {}, -60)}`), /has ended/);
  const refused = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#token=wrong`);
  await says(refused, /The token in the address is refused/);
  assert.deepEqual(await faultsOf(refused), []);
});

test('a wrong edge address, a room that is not allowed and a room where nobody was are said on the page', async () => {
  live.expect(/ERR_CONNECTION_REFUSED/);
  const port = await freePorts(1);
  const away = await live.visit(`/overlay/?room=live:obs&url=http://127.0.0.1:${port}`);
  await away.locator('[data-state=connecting]').waitFor();
  const forbidden = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#token=${await live.edge.token('obs', { rooms: ['live:other'] })}`);
  await says(forbidden, /The room live:obs cannot be shown: The token does not allow this room/);
  const empty = await live.visit(`/overlay/?room=live:mistyped&url=${live.edge.url}`);
  await says(empty, /Nobody has been in the room live:mistyped yet/);
  await says(away, new RegExp(`No connection to http://127\\.0\\.0\\.1:${port}`));
  assert.deepEqual(await faultsOf(away), []);
});

test('a connection that is lost for a moment is not shown', async () => {
  live.expect(/./);
  const token = await live.edge.token('lost', { rooms: ['live:obs'] });
  const page = await live.visit(`/overlay/?room=live:obs&url=${live.edge.url}#token=${token}`);
  await page.locator(online).waitFor();
  await page.context().setOffline(true);
  live.edge.edge.disconnectUser('lost');
  await page.locator('[data-state=connecting]').waitFor();
  assert.equal(await noteOf(page).isVisible(), false);
  await page.context().setOffline(false);
  await page.locator(online).waitFor();
  assert.equal(await noteOf(page).isVisible(), false);
});
