// Pusher's own libraries of npm and PyPI against the Pusher-compatible routes: room names with `:`, batches, channels, users, terminated
// connections and refusals.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ruleRecords, sanctionField } from '@danmux/policy';
import { type ApiFixture, startApi } from '@danmux/testkit/api-fixture';
import { ownerOf } from '@danmux/testkit/unit';
import Pusher from 'pusher';

const app = { app_id: '4711', key: 'app-key', secret: 'p'.repeat(32) };
const script = fileURLToPath(new URL('./pusher_calls.py', import.meta.url));
/** Where scripts/ensure-tools.sh puts the packages of PyPI. */
const packages = fileURLToPath(new URL('../../../../node_modules/.cache/danmux-python', import.meta.url));

const owner = ownerOf(after);
let fixture: ApiFixture;
let npm: Pusher;
before(async () => {
  fixture = await startApi(owner, { 'pusher.app_id': app.app_id, 'pusher.key': app.key, 'pusher.secret': app.secret, shedding: 'off' });
  npm = new Pusher({ appId: app.app_id, key: app.key, secret: app.secret, host: '127.0.0.1', port: new URL(fixture.url).port, useTLS: false });
  await fixture.bus.presence.report(
    'e1',
    new Map([
      ['live:1001', 2],
      ['presence-live:7', 1],
      ['other', 1],
    ]),
    60_000,
  );
});

const brief = async () =>
  (await fixture.sequence()).map(({ room, marks, body }) => ({ room, to: marks?.to, type: JSON.parse(body).type, data: JSON.parse(body).data }));
/** The time until which a kick of this user is in force. */
const kicked = async (user: string) => (await fixture.bus.records.get(ruleRecords.everywhere)).fields.has(sanctionField('kick', user));

interface PythonResult {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
  readonly ok?: any;
  readonly error?: string;
  readonly text?: string;
}
async function python(...calls: readonly (readonly [method: string, args: readonly unknown[]])[]): Promise<PythonResult[]> {
  assert.ok(existsSync(packages), 'scripts/ensure-tools.sh has installed the packages of PyPI');
  const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, PYTHONPATH: packages } });
  child.stdin.end(JSON.stringify({ ...app, port: Number(new URL(fixture.url).port), calls }));
  return JSON.parse(await text(child.stdout));
}
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects
const get = async (path: string, params: Record<string, string> = {}): Promise<any> => (await npm.get({ path, params })).json();

test('npm: an event and a batch reach rooms with a colon, and users', async () => {
  await assert.rejects(async () => npm.trigger('live:1001', 'gift', {}), /Invalid channel name/, 'the library itself refuses the colon');
  await npm.trigger(['live=1001', 'plain'], 'gift', { gift: 'rocket', count: 1 });
  await npm.triggerBatch([{ channel: 'live=1001', name: 'order-paid', data: { n: 1 } }]);
  await npm.sendToUser('u:7', 'notice', { text: 'hi' });
  const sent = await brief();
  assert.deepEqual(
    sent
      .filter(({ to }) => to === undefined)
      .map(({ room, type }) => `${room} ${type}`)
      .sort(),
    ['live:1001 event', 'live:1001 gift', 'plain gift'],
  );
  assert.deepEqual(sent.find(({ to }) => to)?.to, 'u:7');
});

test('npm: channels are named as they were given, and only presence channels have users', async () => {
  assert.deepEqual(Object.keys((await get('/channels', { filter_by_prefix: 'live=' })).channels), ['live=1001']);
  assert.deepEqual(Object.keys((await get('/channels', { info: 'subscription_count' })).channels).sort(), ['live=1001', 'other', 'presence-live=7']);
  assert.deepEqual(await get('/channels/live=1001', { info: 'subscription_count' }), { occupied: true, subscription_count: 2 });
  const reply = await npm.trigger('live=1001', 'gift', {}, { info: 'subscription_count' });
  assert.deepEqual(await reply.json(), { channels: { 'live=1001': { subscription_count: 2 } } });
  assert.deepEqual(await get('/channels/presence-live=7/users'), { users: [] });
  await assert.rejects(npm.get({ path: '/channels/live=1001/users' }), { status: 400, body: /"error":"Only channels .*presence-/ });
  await fixture.sequence();
});

test('npm: terminateUserConnections closes the connections of a user, and refusals have the form of Pusher', async () => {
  await npm.terminateUserConnections('u8');
  assert.equal(await kicked('u8'), true);
  const wrong = new Pusher({ appId: app.app_id, key: app.key, secret: 'x'.repeat(32), host: '127.0.0.1', port: new URL(fixture.url).port, useTLS: false });
  await assert.rejects(wrong.trigger('r', 'gift', {}), { status: 401, body: /^\{"error":"Unauthorized/ });
  await assert.rejects(npm.get({ path: '/no-such-route' }), { status: 404, body: /^\{"error":"There is no route GET \/apps\/4711\/no-such-route/ });
  await assert.rejects(npm.post({ path: '/channels', body: '{}' }), { status: 404, body: /^\{"error":/ });
});

test('PyPI: the same calls', async () => {
  const results = await python(
    ['trigger', [['live=1001'], 'gift', { gift: 'rocket' }]],
    ['trigger', ['live:1001', 'gift', {}]],
    ['trigger_batch', [[{ channel: 'live=1001', name: 'tick', data: 'x' }]]],
    ['send_to_user', ['u7', 'notice', { text: 'hi' }]],
    ['channels_info', ['live=']],
    ['channel_info', ['live=1001', ['subscription_count']]],
    ['users_info', ['presence-live=7']],
    ['users_info', ['live=1001']],
    ['terminate_user_connections', ['u9']],
  );
  const [event, colon, batch, user, channels, channel, users, noUsers, terminated] = results;
  assert.deepEqual([event?.ok, batch?.ok, user?.ok, terminated?.ok], [{}, {}, {}, {}], JSON.stringify(results));
  assert.equal(colon?.error, 'ValueError', 'the library itself refuses the colon');
  assert.deepEqual([channels?.ok, channel?.ok, users?.ok], [{ channels: { 'live=1001': {} } }, { occupied: true, subscription_count: 2 }, { users: [] }]);
  assert.match(noUsers?.text ?? noUsers?.error ?? JSON.stringify(noUsers?.ok), /presence-|ValueError/);
  assert.equal(await kicked('u9'), true);
  assert.deepEqual(
    (await brief())
      .map(({ room, type }) => `${room} ${type}`)
      .sort()
      .slice(-2),
    ['live:1001 event', 'live:1001 gift'],
  );
});

test('another character, or none, may stand for the colon', async (t) => {
  for (const [colon, channel, room] of [
    [';', 'live;2', 'live:2'],
    [',', 'live,2', 'live:2'],
    ['', 'plain', 'plain'],
  ] as const) {
    const other = await startApi(t, { 'pusher.app_id': app.app_id, 'pusher.key': app.key, 'pusher.secret': app.secret, 'pusher.colon': colon });
    const client = new Pusher({ appId: app.app_id, key: app.key, secret: app.secret, host: '127.0.0.1', port: new URL(other.url).port, useTLS: false });
    await client.trigger(channel, 'gift', {});
    assert.deepEqual(
      (await other.sequence()).map((one) => one.room),
      [room],
    );
    await assert.rejects(client.trigger('a=b', 'gift', {}), { status: 400, body: /valid channel name/ });
  }
});
