// The elements on pages with a wrong clock: new messages are shown as danmaku, old ones are not, and a mute ends on time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { livePage } from '@danmux/testkit/live-page';
import { eventually } from '@danmux/testkit/unit';

const live = livePage();
const hour = 3_600_000;

/** Added before any other script: shifts `Date` by `clock.off` milliseconds, which may be changed later. */
const wrongClock = (off: number) => `<script>{
  const Right = Date;
  globalThis.clock = { off: ${off} };
  globalThis.Date = class extends Right {
    constructor(...args) { if (args.length === 0) super(Right.now() + clock.off); else super(...args); }
    static now() { return Right.now() + clock.off; }
  };
}</script>`;

async function open(off: number, room: string) {
  const token = await live.edge.token('me');
  const place = `url="${live.edge.url}" room="${room}" token="${token}"`;
  const page = await live.open(`${wrongClock(off)}<danmux-overlay ${place}><video></video></danmux-overlay><danmux-chat ${place}></danmux-chat>`);
  await page.locator('[data-testid=state][data-state=online]').waitFor();
  const flies = (text: string) => page.locator('[data-testid=danmaku]', { hasText: text }).waitFor({ timeout: 10_000 });
  return { page, flies };
}

for (const [name, off] of [
  ['11 s fast', 11_000],
  ['1 h slow', -hour],
] as const) {
  test(`a page ${name} shows new messages as danmaku`, async () => {
    const room = `live:clock${off}`;
    const { page, flies } = await open(off, room);
    await live.push(room, { from: { id: 'a' }, data: { text: 'now' } });
    await live.push(room, { type: 'gift', from: { id: 'a', name: 'A' }, data: { name: 'Rocket' } });
    await flies('now');
    await page.locator('[data-testid=gift-banner]', { hasText: 'Rocket' }).waitFor();
    await page.locator('[data-testid=latest-gift]').waitFor();
  });
}

test('a page 1 h slow does not show history as danmaku', async () => {
  const room = 'live:history';
  const was = live.api.runtime.clock.now;
  live.api.runtime.clock.now = () => Date.now() - 30_000;
  try {
    await live.push(room, { from: { id: 'a' }, data: { text: 'old' } });
  } finally {
    live.api.runtime.clock.now = was;
  }
  const { page, flies } = await open(-hour, room);
  await page.locator('danmux-chat li', { hasText: 'old' }).waitFor();
  await live.push(room, { from: { id: 'a' }, data: { text: 'new' } });
  await flies('new');
  assert.equal(await page.locator('[data-testid=danmaku]', { hasText: 'old' }).count(), 0);
});

test('a clock set while the page is open has no effect', async () => {
  const room = 'live:step';
  const { page, flies } = await open(0, room);
  for (const [step, off] of [hour, -hour].entries()) {
    await page.evaluate((ms) => Object.assign((globalThis as unknown as { clock: object }).clock, { off: ms }), off);
    await live.push(room, { from: { id: 'a' }, data: { text: `step${step}` } });
    await flies(`step${step}`);
  }
});

for (const off of [hour, -hour]) {
  test(`on a page ${off / hour} h ahead a mute of two seconds prevents sending for two`, async () => {
    const room = `live:mute${off}`;
    const { page } = await open(off, room);
    const muted = page.locator('danmux-chat', { hasText: 'muted' });
    const { status } = await live.api.call('PUT', `/v1/rooms/${room}/mutes/me`, { for_ms: 2_000 });
    assert.equal(status, 200);
    await muted.waitFor({ timeout: 1_900 });
    await eventually(async () => assert.equal(await page.locator('[data-testid=chat-input]').isDisabled(), false), { timeoutMs: 5_000 });
  });
}
