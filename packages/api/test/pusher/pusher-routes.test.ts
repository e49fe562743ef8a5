// The Pusher-compatible routes, called by a PHP script that sends what pusher-php-server sends, and with requests that no library sends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { after, before, beforeEach, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { userRoomOf } from '@danmux/bus';
import { DanmuxError } from '@danmux/protocol';
import { ConfigError } from '@danmux/runtime';
import { type Answer, type ApiFixture, apiKey, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import { signedId } from '../../src/pusher/pusher-auth.ts';

const app = { app_id: '4711', key: 'app-key', secret: 'p'.repeat(32) };
const settings = { 'pusher.app_id': app.app_id, 'pusher.key': app.key, 'pusher.secret': app.secret, shedding: 'off' };
const events = '/apps/4711/events';
const batches = '/apps/4711/batch_events';
const script = fileURLToPath(new URL('./pusher-calls.php', import.meta.url));

const owner = ownerOf(after);
let now = Date.now();
let fixture: ApiFixture;
before(async () => {
  fixture = await startApi(owner, settings, { now: () => now });
});
beforeEach(() => {
  now = Date.now();
});

interface PhpCall {
  readonly path: string;
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly time?: number;
}
interface PhpAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly body: any;
}
async function php(...calls: readonly PhpCall[]): Promise<PhpAnswer[]> {
  const child = spawn('php', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(calls.map((call) => ({ url: fixture.url, key: app.key, secret: app.secret, ...call }))));
  return JSON.parse(await text(child.stdout));
}

interface Signing {
  readonly method?: string;
  readonly time?: number;
  readonly query?: Readonly<Record<string, string>>;
  readonly without?: string;
  readonly signedBody?: string;
}
const signedPath = (
  path: string,
  body: string,
  { method = body ? 'POST' : 'GET', time = Math.floor(now / 1_000), query = {}, without = '', signedBody = body }: Signing = {},
) => {
  const md5 = signedBody ? { body_md5: createHash('md5').update(signedBody).digest('hex') } : {};
  const all: Record<string, string> = { auth_key: app.key, auth_timestamp: String(time), auth_version: '1.0', ...md5, ...query };
  delete all[without];
  const canonical = Object.keys(all)
    .sort()
    .map((name) => `${name}=${all[name]}`)
    .join('&');
  const signature = createHmac('sha256', app.secret).update(`${method}\n${path}\n${canonical}`).digest('hex');
  return `${path}?${new URLSearchParams(all)}&auth_signature=${signature}`;
};
const post = (path: string, body: object, signing: Signing = {}, raw = JSON.stringify(body)): Promise<Answer> =>
  fixture.call('POST', signedPath(path, raw, signing), raw, { key: null });
const event = (more: object = {}) => ({ name: 'chat-message', data: '{"text":"hi"}', channels: ['live:1'], ...more });
const published = async () => (await fixture.sequence()).map(({ room, body, marks }) => ({ room, marks, ...JSON.parse(body) }));
const brief = async () => (await published()).map(({ room, type, data }) => ({ room, type, data }));
/** Errors have Pusher's form: a status and `{error}`. */
const mustFail = ({ status, body }: Answer, code: number, message: RegExp) => {
  assert.equal(status, code, JSON.stringify(body));
  assert.deepEqual(Object.keys(body), ['error']);
  assert.match(body.error, message);
};

describe('requests of pusher-php-server', () => {
  test('an event reaches its channels', async () => {
    const body = { name: 'order-paid', data: JSON.stringify({ amount: 3, 名: '小明' }), channels: ['live:1', 'private-u7'] };
    assert.deepEqual(await php({ path: events, body }), [{ status: 200, body: [] }]);
    const data = { event: 'order-paid', data: { amount: 3, 名: '小明' } };
    assert.deepEqual(
      (await brief()).sort((a, b) => (a.room < b.room ? -1 : 1)),
      [
        { room: 'live:1', type: 'event', data },
        { room: 'private-u7', type: 'event', data },
      ],
    );
  });

  test('a batch publishes each event', async () => {
    const batch = ['a', 'b'].map((channel) => ({ channel, name: 'tick', data: '"x"', socket_id: '1.2' }));
    assert.deepEqual(await php({ path: batches, body: { batch } }), [{ status: 200, body: [] }]);
    assert.deepEqual((await brief()).map(({ room }) => room).sort(), ['a', 'b']);
  });

  test('channels, one channel and its users are readable', async () => {
    await fixture.bus.presence.report(
      'e1',
      new Map([
        ['presence-live', 2],
        ['other', 1],
      ]),
      60_000,
    );
    const [all, some, one, none, users] = await php(
      { path: '/apps/4711/channels' },
      { path: '/apps/4711/channels', query: { filter_by_prefix: 'presence-', info: 'user_count,subscription_count' } },
      { path: '/apps/4711/channels/presence-live', query: { info: 'subscription_count' } },
      { path: '/apps/4711/channels/nobody' },
      { path: '/apps/4711/channels/presence-live/users' },
    );
    assert.deepEqual(Object.keys(all?.body.channels).sort(), ['other', 'presence-live']);
    const channels = some?.body.channels;
    assert.deepEqual([Object.keys(channels), channels['presence-live'].subscription_count], [['presence-live'], 2]);
    assert.ok(Number.isInteger(channels['presence-live'].user_count), 'a number of users');
    assert.deepEqual(one?.body, { occupied: true, subscription_count: 2 });
    assert.deepEqual(none?.body, { occupied: false });
    assert.deepEqual([users?.status, Array.isArray(users?.body.users)], [200, true]);
  });

  test('a wrong secret, or a clock off by more than ten minutes, is refused', async () => {
    const time = Math.floor(Date.now() / 1_000);
    const answers = await php(
      { path: events, body: event(), secret: 'wrong' },
      { path: events, body: event(), time: time - 700 },
      { path: events, body: event(), time: time - 500 },
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [401, 401, 200],
    );
    assert.equal((await published()).length, 1);
  });
});

test('an event named like a message type gets that type; others, and reserved types, get type `event`', async () => {
  const names = ['gift', 'chat', 'recall', 'room_state', 'event', 'toString'];
  await post(batches, { batch: names.map((name) => ({ channel: 'r', name, data: '{"a":1}' })) });
  const found = Object.fromEntries((await brief()).map(({ type, data }) => [data.event ?? type, type]));
  assert.deepEqual(found, { gift: 'gift', chat: 'chat', recall: 'event', room_state: 'event', event: 'event', toString: 'event' });
});

test('JSON data arrives as JSON, other data as a string', async () => {
  const texts = ['{"a":[1]}', '1', '"x"', 'null', '', 'plain', '{"__proto__":1}', `${'['.repeat(40)}${']'.repeat(40)}`];
  await post(batches, { batch: texts.map((data) => ({ channel: 'r', name: 'gift', data })) });
  assert.deepEqual(
    (await brief()).map(({ data }) => data),
    [{ a: [1] }, 1, 'x', null, '', 'plain', texts[6], texts[7]],
  );
});

test('an event may name one or several channels; duplicates are sent once', async () => {
  assert.deepEqual((await post(events, { name: 'gift', data: '1', channel: 'one' })).body, {});
  assert.deepEqual((await post(events, { name: 'gift', data: '1', channels: ['two', 'two', 'three'] })).status, 200);
  assert.deepEqual((await brief()).map(({ room }) => room).sort(), ['one', 'three', 'two']);
});

test('the channel #server-to-user-ID reaches the user', async () => {
  assert.equal((await post(events, event({ channels: ['#server-to-user-u7'] }))).status, 200);
  const [sent] = await published();
  assert.equal(sent?.room, userRoomOf('u7'));
  assert.equal(sent?.marks.to, 'u7');
});

test('info returns counts for channels and batches', async () => {
  await fixture.bus.presence.report('e2', new Map([['busy', 3]]), 60_000);
  const info = 'subscription_count,user_count';
  const { body } = await post(events, event({ channels: ['busy', 'empty'], info }));
  assert.equal(body.channels.busy.subscription_count, 3);
  assert.deepEqual(body.channels.empty, { user_count: 0, subscription_count: 0 });
  const answer = await post(batches, {
    batch: [
      { channel: 'busy', name: 'x', data: '', info: 'subscription_count' },
      { channel: 'busy', name: 'x', data: '' },
    ],
  });
  assert.deepEqual(answer.body, { batch: [{ subscription_count: 3 }, {}] });
  await fixture.sequence();
});

test('events and batches have the limits of Pusher', async () => {
  const many = Array.from({ length: 101 }, (_, i) => `r${i}`);
  mustFail(await post(events, event({ channels: many })), 400, /channels/);
  assert.equal((await post(events, event({ channels: many.slice(1) }))).status, 200);
  assert.equal((await fixture.sequence()).length, 100);
  const eleven = many.slice(0, 11).map((channel) => ({ channel, name: 'x', data: '' }));
  mustFail(await post(batches, { batch: eleven }), 400, /batch/);
  mustFail(await post(events, event({ data: 'x'.repeat(10_241) })), 413, /10241 bytes/);
  mustFail(await post(events, event({ data: '字'.repeat(3_414) })), 413, /10242 bytes/);
  mustFail(
    await post(batches, {
      batch: [
        { channel: 'a', name: 'x', data: '' },
        { channel: 'b', name: 'x', data: 'x'.repeat(10_241) },
      ],
    }),
    413,
    /bytes/,
  );
  mustFail(await post(events, event({ name: 'x'.repeat(201) })), 400, /name/);
  mustFail(await post(events, event({ channels: ['r', 'a b'] })), 400, /valid channel name/);
  mustFail(await post(events, event({ channels: [] })), 400, /channels/);
  mustFail(await post(events, { name: 'x', data: '' }), 400, /channels or channel/);
  mustFail(await post(events, event({ data: { a: 1 } })), 400, /data/);
  mustFail(await post(events, {}, {}, '{'), 400, /JSON/);
  assert.deepEqual(await published(), [], 'a request that is refused sends nothing');
  assert.equal((await post(events, event({ data: 'x'.repeat(10_240), name: 'x'.repeat(200) }))).status, 200);
  await fixture.sequence();
});

test('a request with a wrong signature is refused and nothing is stored', async () => {
  const raw = JSON.stringify(event());
  const right = signedPath(events, raw);
  const refuse = async (path: string, body = raw, headers = {}) =>
    mustFail(await fixture.call('POST', path, body, { key: null, headers }), 401, /^Unauthorized/);
  await refuse(events);
  await refuse(right.replace(/.$/, (last) => (last === '0' ? '1' : '0')));
  await refuse(right.replace('auth_signature=', 'auth_signature=0'));
  await refuse(right, `${raw} `);
  await refuse(`${right}&extra=1`);
  await refuse(`${right}&auth_key=other`);
  await refuse(right.replace('app-key', 'other'));
  await refuse(signedPath(events, raw, { query: { auth_version: '2.0' } }));
  await refuse(signedPath(events, raw, { query: { auth_timestamp: 'soon' } }));
  await refuse(signedPath(events, raw, { without: 'body_md5' }));
  await refuse(signedPath(events, raw, { without: 'auth_timestamp' }));
  await refuse(signedPath(events, raw, { method: 'GET' }));
  await refuse(signedPath(events, raw, { signedBody: '{}' }));
  // Keys of the admin API are not valid here, and the Pusher key is not valid there.
  await refuse(events, raw, { authorization: `Bearer ${apiKey}` });
  assert.equal((await fixture.call('GET', '/v1/stats', undefined, { key: app.secret })).status, 401);
  mustFail(await fixture.call('GET', '/apps/4711/channels', undefined, { key: null }), 401, /Unauthorized/);
  mustFail(await post('/apps/9/events', event()), 404, /No app has this id/);
  assert.deepEqual(await published(), []);
});

test('a repeated signed request adds no message and is refused later; a new signature of the same body is a new message', async () => {
  const fixed = Math.floor(now / 1_000);
  const target = (time: number) => signedPath(events, JSON.stringify(event()), { time });
  const send = (where: string) => fixture.call('POST', where, JSON.stringify(event()), { key: null });
  assert.deepEqual([(await send(target(fixed))).status, (await send(target(fixed))).status], [200, 200]);
  assert.equal((await send(target(fixed + 1))).status, 200);
  now += 29_000;
  assert.equal((await send(target(fixed))).status, 200);
  assert.equal((await fixture.sequence()).length, 2);
  now += 2_000;
  mustFail(await send(target(fixed)), 401, /already sent/);
  const [path = '', query = ''] = target(fixed).split('?');
  mustFail(await send(`${path}?${query.split('&').reverse().join('&')}`), 401, /already sent/);
  now += 500_000;
  mustFail(await send(target(fixed)), 401, /already sent/);
  assert.deepEqual(await published(), []);
});

describe('ids of gifts', () => {
  const gift = { name: 'gift', data: '{"gift":"rocket"}' };
  /** A signed request with this body, and the id of its first message. */
  const signedGift = (path: string, body: object, time: number) => {
    const target = signedPath(path, JSON.stringify(body), { time });
    const id = signedId(new URLSearchParams(target).get('auth_signature') ?? '', 0);
    return { id, send: () => fixture.call('POST', target, JSON.stringify(body), { key: null }) };
  };
  const time = () => Math.floor(now / 1_000);
  const push = (id: string, gifted: string) => fixture.call('POST', '/v1/rooms/live:1/messages', { type: 'gift', data: { gift: gifted }, id });

  test('the same signed gift is one message, also when both arrive at once and when the api gets it by its own route', async () => {
    const { id, send } = signedGift(events, { ...gift, channels: ['live:1', 'live:2'] }, time() + 11);
    const replies = await Promise.all([send(), send()]);
    assert.deepEqual(
      [...replies, await send()].map(({ status, body }) => [status, body]),
      Array(3).fill([200, {}]),
    );
    const { status, body } = await push(id, 'rocket');
    assert.deepEqual([status, body.duplicate], [202, true]);
    const sent = await published();
    assert.deepEqual(sent.map(({ room }) => room).sort(), ['live:1', 'live:2']);
  });

  test('other data under the id of a gift is refused in the form of Pusher, and by the route of the api', async () => {
    const first = signedGift(events, { ...gift, channels: ['live:1'] }, time() + 12);
    assert.equal((await first.send()).status, 200);
    mustRefuse(await push(first.id, 'rose'), 'duplicate_id');
    const second = signedGift(events, { ...gift, channels: ['live:1'] }, time() + 13);
    assert.equal((await push(second.id, 'rose')).status, 202);
    mustFail(await second.send(), 409, /^This id belongs to a message with other content/);
    mustFail(await second.send(), 409, /^This id belongs to a message with other content/);
    assert.deepEqual(
      (await brief()).map(({ data }) => data),
      [{ gift: 'rocket' }, { gift: 'rose' }],
    );
  });

  test('in a batch the refused event does not keep the others back', async () => {
    const batch = ['live:1', 'live:2'].map((channel) => ({ ...gift, channel }));
    const { id, send } = signedGift(batches, { batch }, time() + 14);
    assert.equal((await push(id, 'rose')).status, 202);
    mustFail(await send(), 409, /^This id belongs to a message with other content/);
    assert.deepEqual((await published()).map(({ room }) => room).sort(), ['live:1', 'live:2']);
  });
});

test('a retry after one of several channels was full sends nothing twice to the others', async () => {
  const pair = { channel: 'c', name: 'gift', data: '1' };
  for (const [where, body, rooms] of [
    [events, event({ channels: ['a', 'b', '#server-to-user-u7'] }), ['a', 'b', userRoomOf('u7')]],
    [batches, { batch: [pair, pair, { ...pair, channel: 'd' }] }, ['c', 'c', 'd']],
  ] as const) {
    fixture.gate.replace('ingress.publish', async (publications) => {
      const stored = await fixture.bus.ingress.publish(publications.filter((_, index) => index !== 1));
      return [...stored.slice(0, 1), new DanmuxError('lane_full'), ...stored.slice(1)];
    });
    const signing = { time: Math.floor(now / 1_000) };
    mustFail(await post(where, body, signing), 503, /./);
    fixture.gate.restore('ingress.publish');
    assert.equal((await post(where, body, signing)).status, 200);
    assert.deepEqual((await brief()).map(({ room }) => room).sort(), [...rooms].sort());
  }
});

test('while Redis is away a replay cannot be checked, so requests are refused', async () => {
  fixture.gate.replace('claims.once', () => Promise.reject(new DanmuxError('unavailable')));
  mustFail(await post(events, event({ data: 'new' })), 503, /./);
  fixture.gate.restore('claims.once');
});

test('publishing adds a row to the audit log', async () => {
  await post(events, event());
  await fixture.sequence();
  assert.ok(
    fixture.lines
      .map((line) => JSON.parse(line))
      .some(({ msg, key_id: key, route }) => msg === 'audit' && key === 'pusher:app-key' && route === '/apps/:app/events'),
    'with the key of the app',
  );
});

test('without pusher.app_id the routes do not exist; incomplete settings fail the start', async (t) => {
  const off = await startApi(t);
  assert.equal((await off.call('POST', events, event())).body.code, 'not_found');
  await assert.rejects(startApi(t, { ...settings, 'pusher.secret': 'short' }), ConfigError);
});
