// The element <danmux-chat> in Chromium, in a room of a real danmux.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { faultsOf } from '@danmux/testkit/accessible';
import { livePage } from '@danmux/testkit/live-page';
import { eventually } from '@danmux/testkit/unit';
import type { Page } from 'playwright-core';
import type { DanmuxChatElement } from '../../src/index.ts';

const live = livePage();

const chat = (room: string, token: string, more = '') => `<danmux-chat url="${live.edge.url}" room="${room}" token="${token}" ${more}></danmux-chat>`;
const online = (page: Page) => page.locator('[data-testid=state][data-state=online]').first().waitFor({ timeout: 10_000 });
const say = async (page: Page, text: string) => {
  await page.locator('[data-testid=chat-input]').fill(text);
  await page.locator('[data-testid=chat-input]').press('Enter');
};

async function enter(room: string, { user = 'me', claims = {}, more = '' } = {}): Promise<Page> {
  const page = await live.open(chat(room, await live.edge.token(user, claims), more));
  await online(page);
  return page;
}

describe('sending and receiving', () => {
  test("messages have name and badges; the viewer's own are marked and shown once; recalled ones are removed", async () => {
    const page = await enter('live:talk', { claims: { name: 'Me' } });
    const id = await live.push('live:talk', { from: { id: 'a', name: '阿柴', level: 12, roles: ['moderator'] }, data: { text: 'hello' } });
    const line = page.locator('li', { hasText: 'hello' });
    await line.waitFor();
    assert.equal(await line.locator('.name').textContent(), '阿柴');
    assert.deepEqual(await line.locator('.badge').allTextContents(), ['Mod', 'Lv 12']);
    await say(page, 'from me');
    const own = page.locator('li.own.accepted', { hasText: 'from me' });
    await own.waitFor();
    await eventually(async () => assert.notEqual(await own.getAttribute('data-id'), ''));
    assert.equal(await page.locator('li', { hasText: 'from me' }).count(), 1);
    await live.api.call('DELETE', `/v1/rooms/live:talk/messages/${id}`);
    await line.waitFor({ state: 'detached' });
    assert.equal(await page.locator('[data-testid=online]').textContent(), '1');
  });

  test('names and texts are never parsed as HTML', async () => {
    const page = await enter('live:hostile');
    const evil = '<img src=x onerror="window.hacked = true"><script>window.hacked = true</script>';
    await live.push('live:hostile', { from: { id: 'e', name: evil }, data: { text: evil } });
    await live.push('live:hostile', { type: 'gift', from: { id: 'e', name: evil }, data: { name: evil, icon: evil } });
    await live.push('live:hostile', { type: 'superchat', from: { id: 'e', name: evil }, data: { text: evil, amount: evil } });
    const list = page.locator('[data-testid=chat-list]');
    await list.locator('li.superchat').waitFor();
    assert.equal(await list.locator('img, script').count(), 0);
    assert.equal(await list.locator('li.chat .text').textContent(), evil);
    assert.equal(await page.evaluate(() => 'hacked' in window), false);
  });

  test('a second chat element loads earlier messages and shares the connection', async () => {
    const token = await live.edge.token('me');
    const page = await live.open('');
    let sockets = 0;
    page.on('websocket', () => sockets++);
    await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), chat('live:shared', token));
    await online(page);
    await live.push('live:shared', { from: { id: 'a' }, data: { text: 'before' } });
    await page.locator('li', { hasText: 'before' }).waitFor();
    await page.evaluate((html) => document.body.insertAdjacentHTML('beforeend', html), chat('live:shared', token));
    await page.locator('danmux-chat').nth(1).locator('li', { hasText: 'before' }).waitFor();
    assert.equal(sockets, 1);
    await page.evaluate(() => document.body.replaceChildren());
    await eventually(async () => assert.equal((await live.edge.bus.presence.totals()).online, 0));
  });
});

describe('obstacles to sending', () => {
  test('slow mode is counted down; a refused message shows the error and can be retried', async () => {
    await live.api.call('PATCH', '/v1/rooms/live:slow', { modes: { slow_ms: 3_000 } });
    // Another page of the same user does not know the slow mode wait of this one.
    const [page, other] = [await enter('live:slow'), await enter('live:slow')];
    await say(page, 'one');
    await page.locator('[data-testid=send]:disabled').waitFor();
    await say(other, 'two');
    assert.match((await page.locator('[data-testid=send]').textContent()) ?? '', /^[123] s$/);
    const failed = other.locator('li.failed', { hasText: 'two' });
    await failed.waitFor();
    await failed.locator('[data-testid=retry]').waitFor();
    await other.locator('[data-testid=send]:enabled').waitFor();
    await failed.locator('[data-testid=retry]').click();
    await other.locator('li.own.accepted', { hasText: 'two' }).waitFor();
    assert.equal(await other.locator('li', { hasText: 'two' }).count(), 1);
  });

  test('mutes of the room and of the viewer are shown at the input until they end', async () => {
    const page = await enter('live:quiet', { user: 'loud' });
    const [hint, field] = [page.locator('[data-testid=hint]'), page.locator('[data-testid=chat-input]')];
    const says = (text: RegExp, disabled: boolean) =>
      eventually(async () => {
        assert.match((await hint.textContent()) ?? '', text);
        assert.equal(await field.isDisabled(), disabled);
      });
    await live.api.call('PATCH', '/v1/rooms/live:quiet', { modes: { mute_all: true } });
    await live.edge.push('notice', 'x', 'live:quiet');
    await says(/Everyone is muted/, true);
    await live.api.call('PATCH', '/v1/rooms/live:quiet', { modes: { mute_all: null } });
    await says(/^$/, false);
    await live.api.call('PUT', '/v1/rooms/live:quiet/mutes/loud', { for_ms: 60_000 });
    await says(/You are muted until/, true);
    await live.api.call('DELETE', '/v1/rooms/live:quiet/mutes/loud');
    await says(/may send again|^$/, false);
    await live.api.call('PUT', '/v1/mutes/loud', { for_ms: 60_000 });
    await says(/You are muted until/, true);
  });

  test('a guest is asked to sign in; an invalid token is reported', async () => {
    const page = await live.open(
      `<danmux-chat url="${live.edge.url}" room="live:1"></danmux-chat><danmux-chat url="${live.edge.url}" room="live:1" token="bad"></danmux-chat>`,
    );
    await eventually(async () => assert.match((await page.locator('[data-testid=hint]').first().textContent()) ?? '', /Sign in/));
    await page.locator('danmux-chat').nth(1).locator('[data-state=closed]').waitFor();
    assert.match((await page.locator('[data-testid=hint]').nth(1).textContent()) ?? '', /token/);
  });
});

test('the edges of a gateway are used; personal messages are shown', async () => {
  const page = await live.open(`<danmux-chat gateway="/gateway?room=live:own" room="live:own" token="${await live.edge.token('solo')}"></danmux-chat>`);
  await online(page);
  const sent = await live.api.call('POST', '/v1/users/solo/messages', { type: 'notice', data: { text: 'Level 5 reached' } });
  assert.equal(sent.status, 202, JSON.stringify(sent.body));
  await page.locator('li', { hasText: 'Level 5 reached' }).waitFor();
});

test('a gift can be chosen with the keyboard, and the page gets the event', async () => {
  const gifts = JSON.stringify([{ id: 'rose', name: 'Rose', price: 1 }, { id: 'car', name: 'Car' }, { broken: true }]);
  const page = await enter('live:gifts', { more: `gifts='${gifts}'` });
  await page.evaluate(() => {
    document.addEventListener('gift', (event) => {
      document.title = JSON.stringify((event as CustomEvent).detail);
    });
  });
  const toggle = page.locator('[data-testid=gift-toggle]');
  await toggle.focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.gift-choice').count(), 2);
  for (const theme of ['dark', 'light']) {
    await page.locator('danmux-chat').evaluate((element, value) => element.setAttribute('theme', value), theme);
    await live.push('live:gifts', { from: { id: 'a', name: 'A', level: 33, roles: ['vip'] }, data: { text: theme } });
    await live.push('live:gifts', { type: 'gift', from: { id: 'a', name: 'A' }, data: { name: 'Rose' } });
    await page.locator('li', { hasText: theme }).waitFor();
    assert.deepEqual(await faultsOf(page, 'danmux-chat'), []);
  }
  await page.locator('.gift-count', { hasText: '×10' }).click();
  await page.locator('[data-gift=car]').press('Enter');
  assert.deepEqual(JSON.parse(await page.title()), { gift: { id: 'car', name: 'Car' }, count: 10, room: 'live:gifts' });
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.gift-choice').count(), 0);
  assert.equal(await toggle.evaluate((button) => (button.getRootNode() as ShadowRoot).activeElement === button), true);
});

test('the chat uses the language of its lang attribute, or of the page', async () => {
  const page = await live.open(`<danmux-chat></danmux-chat><div lang="zh-CN"><danmux-chat></danmux-chat></div>`);
  const words = () => page.locator('[data-testid=send]').allTextContents();
  await eventually(async () => assert.deepEqual(await words(), ['Send', '发送']));
  assert.deepEqual(await page.locator('[data-testid=chat-input]').evaluateAll((fields) => fields.map((field) => field.getAttribute('placeholder'))), [
    'Say something…',
    '发条弹幕吧…',
  ]);
  await page.evaluate(() => document.querySelector('danmux-chat')?.setAttribute('lang', 'zh'));
  await eventually(async () => assert.deepEqual(await words(), ['发送', '发送']));
});

test('10,000 messages create few elements; the list follows the end, or keeps the place of a reader who scrolled up', async () => {
  const page = await live.open('<danmux-chat></danmux-chat>');
  // A Room that the page passes to the element.
  await page.evaluate(() => {
    const heard = new Map<string, (payload: unknown) => void>();
    const room = {
      name: 'r',
      joined: true,
      online: 7,
      modes: {},
      on: (event: string, listener: (payload: unknown) => void) => {
        heard.set(event, listener);
        return () => heard.delete(event);
      },
      history: async () => ({ msgs: [], more: false }),
      serverTime: () => Date.now(),
      ageMs: () => 0,
    };
    let last = 0;
    Object.assign(window, {
      away: () => heard.get('away')?.({ state: 'connecting' }),
      more: (count: number) => {
        for (let i = 0; i < count; i++, last++)
          heard.get('message')?.({
            id: `m${last}`,
            lane: 'chat',
            type: 'chat',
            ts: last,
            from: { id: 'u', name: 'U' },
            data: { text: `no ${last} ${'long '.repeat(last % 40)}` },
          });
      },
    });
    (document.querySelector('danmux-chat') as DanmuxChatElement).room = room as never;
  });
  const more = (count: number) => page.evaluate((many) => (window as unknown as { more(count: number): void }).more(many), count);
  const took = Date.now();
  await more(10_000);
  await page.locator('li', { hasText: 'no 9999' }).waitFor();
  const ms = Date.now() - took;
  assert.ok(ms < 3_000, `10,000 messages took ${ms} ms`);
  const state = () =>
    page.locator('.scroller').evaluate((scroller) => ({
      rows: scroller.querySelectorAll('li').length,
      nodes: scroller.querySelectorAll('*').length,
      left: Math.round(scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight),
      height: scroller.scrollHeight,
    }));
  const atEnd = await state();
  assert.ok(atEnd.rows < 60 && atEnd.nodes < 400, JSON.stringify(atEnd));
  assert.ok(atEnd.height > 200_000 && atEnd.left <= 1, JSON.stringify(atEnd));

  await page.locator('.scroller').evaluate((scroller) => scroller.scrollTo(0, 100_000));
  const top = () =>
    page.locator('.scroller').evaluate((scroller) => {
      const { top: edge } = scroller.getBoundingClientRect();
      const row = [...scroller.querySelectorAll('li')].find((item) => item.getBoundingClientRect().bottom > edge);
      return { id: row?.getAttribute('data-id'), at: Math.round((row?.getBoundingClientRect().top ?? 0) - edge) };
    });
  await eventually(async () => assert.notEqual((await top()).id, undefined));
  // Scroll again, now that the rows at this place are measured.
  await page.locator('.scroller').evaluate((scroller) => scroller.scrollBy(0, 5));
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  const held = await top();
  await more(25);
  await page.locator('[data-testid=recent]', { hasText: '25 new' }).waitFor();
  assert.deepEqual(await top(), held, 'the rows in view keep their place');
  await page.locator('[data-testid=recent]').click();
  await page.locator('li', { hasText: 'no 10024' }).waitFor();
  await eventually(async () => assert.ok((await state()).left <= 1, 'the list is scrolled to its end again'));
  assert.equal(await page.locator('[data-testid=recent]').count(), 0);

  await page.evaluate(() => (window as unknown as { away(): void }).away());
  await page.locator('[data-state=connecting]').waitFor();
});
