// The console in Chinese: no page, dialog or refusal shows a word in English. Names of users, rooms and lists are Chinese or digits here, so each Latin
// word is one of the console's own. Webhooks and failed jobs are replies in the form of the api, because it takes hours until a real one fails.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { DeadLettersReply, JobReply } from '@danmux/protocol/schemas';
import { startBrowser } from '@danmux/testkit';
import { closeAfter, eventually, ownerOf } from '@danmux/testkit/unit';
import { type Danmux, startDanmux } from '@danmux/testkit/whole-danmux';
import type { Browser, Page } from 'playwright-core';
import type { NodesReply, WebhooksReply } from '../../console/replies.ts';
import { latinWords } from '../latin-words.ts';
import { openConsole } from './console-fixture.ts';

const room = '1001';
const owner = ownerOf(after);
const now = Date.now();
let danmux: Danmux;
let browser: Browser;
/** Names of processes and the like, as the api answers them. */
let data: readonly string[];

const job: JobReply = { id: '1', name: 'broadcast', state: 'failed', attempts: 3, progress: { done: 1, total: 9 }, created_at: now, error: '500' };
const jobs = ['publish', 'broadcast', 'redeliver', 'receipts', 'archive'].map((name, index) => ({ ...job, id: String(index), name }));
const webhooks: WebhooksReply['webhooks'] = (['closed', 'open', 'disabled', 'unserved'] as const).map((state, index) => ({
  id: String(index),
  host: '127.0.0.1',
  state,
  failures: 2,
  retry_at: state === 'open' ? now + 1_000 : null,
  error: '500',
  lag_ms: 5_000,
  dropped: 1,
  workers: { same: 0, different: index, missing: 1, unknown: 0 },
}));
const letters: DeadLettersReply['letters'] = [
  { entry: '1', target: '1', event: { id: '1', type: 'room.occupied', room, ts: now, data: {} }, error: '500', attempts: 9, at: now },
];

before(async () => {
  danmux = await startDanmux(owner);
  browser = await startBrowser();
  closeAfter(owner, () => browser.close());
  await fill();
  const { nodes } = (await danmux.call('GET', '/v1/nodes')).body as { nodes: { id: string; url?: string; address: string; version: string }[] };
  data = ['default', 'room.occupied', ...nodes.flatMap(({ id, url = '', address, version }) => [id, url, address, version]).filter(Boolean)];
});

/** A room with messages of all lanes, sanctions, modes, a held message, and a cluster with a problem. */
async function fill(): Promise<void> {
  const viewer = await danmux.viewer(room, { sub: '7', name: '橘子' });
  await danmux.viewer(room, { sub: '8' });
  const sent = [
    ['chat', { text: '晚上好' }],
    ['gift', { gift: '火箭', count: 2 }],
    ['superchat', { text: '加油', amount: 5 }],
    ['notice', { text: '公告' }],
  ] as const;
  for (const [type, content] of sent)
    await danmux.call('POST', `/v1/rooms/${room}/messages`, { type, data: content, id: `9${type.length}`, from: { id: '9', name: '小明' }, receipt: true });
  await danmux.call('DELETE', `/v1/rooms/${room}/messages/94`);
  await danmux.call('PUT', '/v1/words/1', { action: 'hold', words: ['加微信'] });
  await danmux.call('PUT', '/v1/words/2', { action: 'mask', words: ['刷'], rooms: [room] });
  await eventually(async () => {
    const reply = await viewer.send('chat', { text: '加微信' }, `c${Math.random()}`);
    assert.equal(reply.ok && reply.held, true);
  });
  for (const path of [`/v1/rooms/${room}/mutes/7`, '/v1/mutes/7']) await danmux.call('PUT', path, { for_ms: 600_000, reason: '刷屏' });
  for (const path of [`/v1/rooms/${room}/bans/6`, '/v1/bans/6']) await danmux.call('PUT', path);
  await danmux.call('PATCH', `/v1/rooms/${room}`, { modes: { slow_ms: 500, unique: true } });
  for (const code of [
    'redis_eviction',
    'redis_refused',
    'redis_full',
    'replicas_missing',
    'ack_without_fsync',
    'clock_skew',
    'log_dropped',
    'webhook_events_lost',
  ])
    danmux.degrade(code, 'Redis may delete it.');
}

/** Opens the console in Chinese, with replies for the states that a test cannot wait for. */
async function open(key: string | null, hash = ''): Promise<Page> {
  const { page } = await openConsole(browser, danmux.url, null, { locale: 'zh-CN' });
  await page.route('**/v1/jobs?*', (route) => route.fulfill({ json: { jobs, cursor: '1' } }));
  await page.route('**/v1/webhooks', (route) => route.fulfill({ json: { webhooks, unlisted: [{ id: '9', workers: 1 }] } }));
  await page.route('**/v1/nodes', async (route) => {
    const { nodes } = (await (await route.fetch()).json()) as NodesReply;
    const settings = ['shards'];
    const states = ['different', 'unknown', 'same'] as const;
    const rows = nodes.map((node, index) => ({ ...node, config: { state: states[index] ?? 'same', settings } }));
    const differences = [true, false].map((majority) => ({ setting: 'shards', majority, nodes: nodes.map(({ id }) => id) }));
    return route.fulfill({ json: { nodes: rows, config: { differences, unknown: [] } } });
  });
  await page.route('**/v1/webhooks/dead*', (route) => route.fulfill({ json: { letters, cursor: '1' } }));
  await page.route(`**/v1/rooms/${room}`, async (route) => {
    if (route.request().method() !== 'GET') return route.continue();
    const body = (await (await route.fetch()).json()) as { traffic?: object };
    const shed = { chat: { budget: 1, merged: 1, recalled: 1, expired: 1 } };
    return route.fulfill({ json: { ...body, traffic: { at: now, per_second: { chat: 1 }, sequenced: { chat: 1 }, ...body.traffic, shed } } });
  });
  if (key !== null) {
    await page.getByTestId('api-key').fill(key);
    await page.getByTestId('log-in').click();
    await page.getByTestId('key').waitFor();
  }
  if (hash) await show(page, hash);
  return page;
}

async function show(page: Page, hash: string): Promise<void> {
  await page.evaluate((place) => {
    location.hash = place;
  }, hash);
  await page.locator('main h1, main > [data-testid=needs]').first().waitFor();
  await page.locator('.waiting').first().waitFor({ state: 'detached' });
}

/** Collects the Latin words of each place, so that a failure lists all of them. */
class Findings {
  readonly #found: Record<string, readonly string[]> = {};

  async look(page: Page, where: string): Promise<void> {
    const words = await latinWords(page, data);
    if (words.length > 0) this.#found[where] = words;
  }

  mustBeEmpty(): void {
    assert.deepEqual(this.#found, {});
  }
}

test('every page is in Chinese', { timeout: 180_000 }, async () => {
  const page = await open(danmux.key);
  const shown = {
    cluster: '[data-testid=node] [data-testid=degraded]',
    rooms: '[data-testid=rooms] tbody tr',
    [`rooms/${room}`]: '[data-testid=message][data-lane=gift]',
    [`messages/94?room=${room}`]: '[data-testid=hops] li',
    'messages/94': '[data-testid=receipts]',
    messages: 'main .empty',
    reviews: '[data-testid=review]',
    sanctions: '[data-testid=sanctions] tbody tr',
    words: '[data-testid=words] tbody tr',
    jobs: '[data-testid=job]',
    webhooks: '[data-testid=dead] tbody tr',
    audit: '[data-testid=audit-row]',
    'audit?log=publishing': '[data-testid=audit-row]',
    'audit?log=unknown': '[data-testid=audit]',
    'rooms/一': '.stale',
  };
  const findings = new Findings();
  for (const [name, content] of Object.entries(shown)) {
    await show(page, `#/${name}`);
    await page.locator(content).first().waitFor();
    await findings.look(page, name);
  }
  findings.mustBeEmpty();
  await page.context().close();
});

test('every question and its result are in Chinese', { timeout: 180_000 }, async () => {
  const page = await open(danmux.key, `#/rooms/${room}`);
  const findings = new Findings();
  const ask = async (button: string, where: string) => {
    await page.locator(button).first().click();
    await page.getByTestId('dialog').waitFor();
    await findings.look(page, where);
    await page.keyboard.press('Escape');
    await page.getByTestId('dialog').waitFor({ state: 'detached' });
  };
  for (const button of ['recall', 'recall-sender', 'mute-sender', 'clear-room', 'lift']) await ask(`[data-testid=${button}]`, button);
  await page.getByTestId('user-id').fill('5');
  for (const button of ['mute-user', 'ban-user', 'kick-user']) await ask(`[data-testid=${button}]`, button);
  await page.locator('[data-testid=modes] [name=mute_all]').check();
  await ask('[data-testid=save-modes]', 'the modes');
  const push = page.locator('[data-testid=push]');
  for (const type of ['gift', 'notice', 'superchat', 'like', 'enter']) {
    await push.locator('[name=type]').fill(type);
    await push.locator('textarea').fill('一');
    await ask('[data-testid=push-send]', `a ${type}`);
  }
  await push.locator('textarea').fill('{"gift": ');
  await page.getByTestId('push-send').click();
  await page.locator('#push-problem').filter({ hasText: /\S/ }).waitFor();
  await findings.look(page, 'broken JSON');
  await show(page, '#/reviews');
  for (const button of ['approve', 'reject']) await ask(`[data-testid=${button}]`, button);
  await show(page, '#/words');
  await page.locator('main form [name=name]').fill('3');
  await ask('main form button[type=submit]', 'a word list');
  await ask('[data-testid=words] .actions button:nth-of-type(2)', 'the end of a word list');
  await show(page, '#/jobs');
  await ask('[data-testid=retry]', 'a job');
  await show(page, '#/webhooks');
  await ask('[data-testid=targets] .actions button', 'a target');
  await ask('[data-testid=replay]', 'an undelivered event');
  // Results, and a refusal of the api.
  for (const type of ['chat', '无']) {
    await show(page, `#/rooms/${room}`);
    await push.locator('[name=type]').fill(type);
    await push.locator('textarea').fill('好');
    await page.getByTestId('push-send').click();
    if (type !== 'chat') await page.getByTestId('confirm').click();
    await page.getByTestId(type === 'chat' ? 'pushed' : 'refused').waitFor();
    await findings.look(page, `the result of ${type}`);
  }
  findings.mustBeEmpty();
  await page.context().close();
});

test('refusals, keys without rights and an api that does not answer are in Chinese', { timeout: 180_000 }, async () => {
  const door = await open(null);
  const findings = new Findings();
  await findings.look(door, 'the door');
  await door.getByTestId('api-key').fill('0'.repeat(40));
  await door.getByTestId('log-in').click();
  await door.getByTestId('login-problem').waitFor();
  await findings.look(door, 'a wrong key');
  await door.context().close();

  // A key limited to a room, one that may not administrate, and one that may only publish.
  for (const [id, scopes, rooms, pages] of [
    ['1', ['read'], [room], [`rooms/${room}`, 'words', 'jobs']],
    ['2', ['publish', 'moderate', 'read'], undefined, ['audit', 'reviews']],
    ['3', ['publish'], undefined, ['cluster']],
  ] as const) {
    const page = await open(await danmux.makeKey(id, scopes, rooms));
    for (const name of pages) {
      await show(page, `#/${name}`);
      await findings.look(page, `${name} with ${scopes}`);
    }
    await page.context().close();
  }

  const page = await open(danmux.key, `#/messages/0?room=${room}`);
  await page.getByTestId('stale').waitFor();
  await findings.look(page, 'an unknown message');
  await page.route('**/v1/rooms?*', (route) => route.abort());
  await show(page, '#/rooms');
  await page.getByTestId('stale').waitFor();
  await findings.look(page, 'no connection');
  await page.route('**/v1/reviews*', (route) => route.fulfill({ status: 502, body: 'Bad Gateway' }));
  await show(page, '#/reviews');
  await page.getByTestId('stale').waitFor();
  await findings.look(page, 'a proxy that answers');
  findings.mustBeEmpty();
  await page.context().close();
});
