// A PHP script publishes a gift and a real browser shows it: once with all roles in one process as with `npm start`, once on a pm2
// cluster with a real Redis.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { Backend, Child, eventually, freePorts, keepScreenshot, openDemo, Pm2, pushGiftByPhp, startBrowser, startRedis, testSecrets } from '../src/index.ts';

const desktop = { width: 1280, height: 720 };
const phone = { width: 375, height: 780 };
const fans = ['阿柴', '橘子汽水', 'Mika', '老张', '云朵'];
const colors = ['#fff', '#7ee8fa', '#ffd166', '#ff8fab'];
let browser: Browser;
before(async () => {
  browser = await startBrowser();
});
after(() => browser.close());

/** The steps that must work in both setups. */
async function tellTheStory(api: string, key: string, room: string, name: string): Promise<void> {
  const backend = new Backend(api, key);
  const { page, complaints } = await openDemo(browser, api, room, desktop, 'zh-CN');
  const printed = await pushGiftByPhp(api, key, room);
  const banner = page.locator('[data-testid=gift-banner]').first();
  await banner.waitFor({ state: 'visible', timeout: 10_000 });
  const id = await banner.getAttribute('data-id');
  assert.ok(id && printed.includes(id), `the banner shows the gift PHP sent: ${printed}`);

  const other = await openDemo(browser, api, room, phone, 'en-US');
  await eventually(async () => assert.equal(await page.locator('[data-testid=online]').textContent(), '2'));
  await other.page.locator('[data-testid=chat-input]').fill('hello <b>from</b> a phone');
  await other.page.locator('[data-testid=send]').click();
  for (const { page: viewer } of [{ page }, other]) {
    await viewer.locator('[data-testid=danmaku]', { hasText: 'hello <b>from</b> a phone' }).first().waitFor({ timeout: 10_000 });
    await eventually(async () => assert.match((await viewer.locator('[data-testid=chat-list]').textContent()) ?? '', /hello <b>from<\/b> a phone/));
  }

  for (const [index, text] of [
    '前排!',
    '主播唱得太好了',
    '哈哈哈哈哈',
    '这个灯光绝了',
    'Encore!!',
    '第一次来,请多关照',
    '666666',
    '来自广州的朋友',
  ].entries()) {
    await backend.push({
      room,
      type: 'chat',
      from: { id: `u${index}`, name: fans[index % fans.length] ?? '' },
      data: { text, color: colors[index % colors.length] },
      id: `${name}-${index}`,
    });
  }
  await pushGiftByPhp(api, key, room, '小红', 'rocket');
  await eventually(async () => assert.notEqual(await page.locator('[data-testid=danmaku]').nth(5).getAttribute('data-id'), null));
  // Only for the screenshot: wait until messages are visible.
  await wait(2_000);
  await keepScreenshot(page, `${name}-desktop`);
  await keepScreenshot(other.page, `${name}-phone`);
  assert.deepEqual([...complaints, ...other.complaints], []);
  await page.context().close();
  await other.page.context().close();
}

describe('all roles in one process, as with npm start', () => {
  test('a gift from PHP appears in the browser, chat goes both ways, a curl line works', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'danmux-start-'));
    const edge = await freePorts(2);
    const ports = { DANMUX_EDGE_PORT: String(edge), DANMUX_API_PORT: String(edge + 1) };
    const root = new URL('../../../', import.meta.url).pathname;
    const env = { ...ports, NODE_ENV: 'development', DANMUX_CONFIG_DIR: join(root, 'config'), REDIS_URL: '' };
    const child = new Child('npm start', process.execPath, [join(root, 'packages/cli/dist/main.js'), 'start'], { cwd: folder, env, ipc: true });
    await child.ready;
    try {
      const { api_key: key } = JSON.parse(await readFile(join(folder, '.danmux/secrets.json'), 'utf8')) as { api_key: string };
      const url = `http://127.0.0.1:${edge + 1}`;
      await eventually(() => assert.match(child.output, /Send a gift/));
      assert.ok(child.output.includes(`${url}/demo/?room=live:1001`), child.output);
      await tellTheStory(url, key, 'live:1001', 'one-process');
      const curl = /curl -X POST[\s\S]*?'\n/.exec(child.output)?.[0] ?? '';
      const ran = new Child('curl', 'bash', ['-c', `${curl.trim()} --silent --fail`]);
      await ran.ended;
      assert.match(ran.output, /"lane":"gift"/);
    } finally {
      await child.stop('SIGINT');
      await rm(folder, { recursive: true, force: true });
    }
    assert.match(child.output, /stopped/);
  });
});

describe('a pm2 cluster on a real Redis', () => {
  test('a gift from PHP appears in browsers connected to other processes', { timeout: 180_000 }, async () => {
    const redis = await startRedis();
    const first = await freePorts(8);
    const pm2 = await Pm2.create({
      ...testSecrets,
      REDIS_URL: redis.url,
      NODE_ENV: 'development',
      DANMUX_RELAY_PORT: String(first),
      DANMUX_WORKER_PORT: String(first + 2),
      DANMUX_EDGE_PORT: String(first + 3),
      DANMUX_API_PORT: String(first + 5),
    });
    try {
      await pm2.start();
      const api = `http://127.0.0.1:${first + 5}`;
      await eventually(async () => assert.equal((await fetch(`${api}/readyz`)).status, 200), { timeoutMs: 20_000, everyMs: 200 });
      await tellTheStory(api, testSecrets.DANMUX_API_KEY, 'live:2002', 'pm2-cluster');
    } finally {
      await pm2.stop();
      await redis.stop();
    }
  });
});
