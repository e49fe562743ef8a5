// Runs each role with a separate Redis user that has exactly the rights listed in docs/redis.md, and exercises all features: no command
// is refused.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import {
  Backend,
  closeViewersOf,
  eventually,
  freePorts,
  ProcessCluster,
  type RedisServer,
  startNodeProcess,
  startRedis,
  TestViewer,
  testSecrets,
  testToken,
} from '../src/index.ts';
import { secret, selfSigned, WebhookConsumer } from '../src/webhook-consumer.ts';

const room = 'live:1';
const page = readFileSync(new URL('../../../docs/redis.md', import.meta.url), 'utf8');
/** Rules of the ACL examples in docs/redis.md, by user. */
const users = new Map([...page.matchAll(/^user (danmux\S*) (.+)$/gm)].map(([, name = '', rules = '']) => [name, rules.split(' ')]));

let redis: RedisServer;
let admin: Redis;
let dir: string;
let consumer: WebhookConsumer;
before(async () => {
  redis = await startRedis();
  admin = new Redis(redis.port);
  for (const [name, rules] of users) await admin.call('ACL', 'SETUSER', name, 'reset', ...rules);
  dir = mkdtempSync(join(tmpdir(), 'danmux-acl-'));
  consumer = new WebhookConsumer(false, selfSigned(dir));
  await consumer.start();
});
after(async () => {
  admin.disconnect();
  await consumer.stop();
  await redis.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function start(userOf: (role: string) => string, database: string): Promise<ProcessCluster> {
  const roles = ['relay', 'worker', 'edge', 'api'];
  const env = {
    ...{ DANMUX_WEBHOOK_URL: consumer.url, DANMUX_WEBHOOK_SECRET: secret, NODE_EXTRA_CA_CERTS: join(dir, 'cert.pem') },
    DANMUX_ARCHIVE_DIR: join(dir, 'archive'),
  };
  const urlOf = (role: string) => ({ REDIS_URL: `redis://${userOf(role)}:PASSWORD@127.0.0.1:${redis.port}${database}` });
  const envOf = Object.fromEntries(roles.flatMap((role) => [0, 1].map((n) => [`${role}-${n}`, urlOf(role)])));
  const set = ['webhooks.allow_addresses=["127.0.0.0/8"]', 'receipts.timeout_ms=300', 'webhooks.vacated_after_ms=300', 'jobs.lock_ms=1000'];
  return ProcessCluster.start({ redis, edges: 2, relays: 2, workers: 1, apis: 1, env, envOf, set });
}

/** Exercises every feature that uses Redis, then drains every process. */
async function drive(cluster: ProcessCluster): Promise<void> {
  const [api] = cluster.of('api');
  const backend = new Backend(api?.url ?? '', testSecrets.DANMUX_API_KEY);
  const ask = (method: string, path: string, body?: object) => backend.request(method, path, body);
  const open = async (user: string, edge: number) => {
    const viewer = new TestViewer({ urls: [cluster.of('edge')[edge]?.url ?? ''], room, token: await testToken(user), history: 20 });
    viewer.socket.on('frame', ({ msgs }) => {
      const ids = msgs.filter(({ receipt }) => receipt).map(({ id }) => id);
      if (ids.length > 0) viewer.socket.emit('receipt', { room, ids }, () => {});
    });
    await viewer.joined();
    return viewer;
  };
  const [ann, bob] = await Promise.all([open('ann', 0), open('bob', 1)]);
  const has = (id: string) => eventually(() => assert.ok(ann.msgs.some((msg) => msg.id === id) && bob.msgs.some((msg) => msg.id === id), `${id} arrives`));
  const said = await ann.send('chat', { text: 'hello' }, randomUUID());
  assert.ok(said.ok, JSON.stringify(said));
  await ask('POST', `/v1/rooms/${room}/messages`, { type: 'gift', data: {}, id: 'gift', receipt: true });
  await ask('POST', `/v1/rooms/${room}/messages`, { type: 'gift', data: {}, id: 'later', delay_ms: 200 });
  await ask('POST', '/v1/broadcasts', { rooms: [room], type: 'notice', data: {}, id: 'cast' });
  await ask('POST', '/v1/users/ann/messages', { type: 'notice', data: {}, id: 'own' });
  for (const id of ['gift', 'later', 'cast']) await has(id);
  await eventually(async () => assert.equal((await ask('GET', '/v1/messages/gift/receipts')).received, 2));
  await eventually(() =>
    assert.ok(
      consumer.taken.some(({ event }) => event.type === 'message.receipts'),
      'a webhook reports the receipt totals',
    ),
  );
  for (const method of ['PUT', 'DELETE']) await ask(method, `/v1/rooms/${room}/mutes/bob`, method === 'PUT' ? { for_ms: 60_000 } : undefined);
  await ask('PATCH', `/v1/rooms/${room}`, { modes: { slow_ms: 10 } });
  await ask('PUT', '/v1/words/bad', { action: 'hold', words: ['forbidden'] });
  await eventually(async () => {
    await ann.send('chat', { text: 'forbidden' }, randomUUID());
    assert.notEqual((await ask('GET', '/v1/reviews')).reviews.length, 0);
  });
  await ask('DELETE', `/v1/rooms/${room}/messages/gift`);
  const made = await ask('POST', '/v1/keys', { id: 'other', scopes: ['read'] });
  assert.ok(made.key);
  await ask('PUT', '/v1/bans/eve', { for_ms: 60_000 });
  const paths = [
    'rooms',
    `rooms/${room}`,
    `rooms/${room}/members`,
    `rooms/${room}/history`,
    `rooms/${room}/mutes`,
    'bans',
    'nodes',
    'stats',
    'stats/history',
    'keys',
  ];
  for (const path of [...paths, 'audit', 'webhooks', 'words', 'jobs/failed', 'gateway', `messages/gift/trace?room=${room}`, 'webhooks/dead']) {
    const { status } = await backend.get(`/v1/${path}`);
    assert.ok([200, 404].includes(status), `${path}: ${status}`);
  }
  await new Promise((resolve) => bob.socket.emit('history', { room, limit: 10 }, resolve));
  await new Promise((resolve) => bob.socket.emit('members', { room }, resolve));
  await ask('POST', `/v1/rooms/${room}/kick`, { user: 'bob' });
  // Drain one of two instances, so that shards are handed over and viewers move.
  const [relay] = cluster.of('relay');
  await relay?.process.stop('SIGTERM');
  await backend.push({ room, type: 'gift', data: {}, id: 'after' });
  await eventually(() => assert.ok(ann.ids('gift').includes('after'), 'the other relay continues'));
  const readiness = await Promise.all(cluster.nodes.filter((node) => node !== relay).map(async ({ url }) => (await fetch(`${url}/readyz`)).json()));
  assert.deepEqual(
    readiness.map(({ ready, degraded }) => [ready, degraded]),
    readiness.map(() => [true, []]),
  );
  ann.close();
  bob.close();
  await Promise.all(cluster.nodes.map(({ process }) => process.stop('SIGTERM')));
}

/** Redis commands called in Lua scripts. BullMQ stores the name of its push command in a variable. */
function commandsIn(folder: URL, files: (name: string) => boolean): Set<string> {
  const text = readdirSync(folder)
    .filter(files)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  return new Set([...text.matchAll(/call\(\s*["']([A-Za-z]+)["']|["']([LR]PUSH)["']/g)].map(([, name, push]) => (name ?? push ?? '').toLowerCase()));
}

test('docs/redis.md grants every command used in a script of danmux', () => {
  const commands = [...commandsIn(new URL('../../bus/lua/', import.meta.url), () => true)].filter((name) => name !== 'cluster');
  for (const [name, rules] of users)
    for (const command of commands)
      assert.ok(
        rules.some((rule) => rule.split('|')[0] === `+${command}`),
        `${name} lacks ${command}`,
      );
});

test('docs/redis.md grants api and worker every command used in the BullMQ scripts that run', () => {
  const used =
    /^(add(Delayed|Standard)Job|addJobScheduler|extendLocks?|getCounts|getState|isFinished|move(StalledJobsToWait|ToActive|ToDelayed|ToFinished)|promote|removeJob|re(try|process)Job|updateJobScheduler|updateProgress)/;
  const folder = new URL('../../../node_modules/bullmq/dist/cjs/scripts/', import.meta.url);
  const commands = commandsIn(folder, (name) => name.endsWith('.js') && used.test(name));
  for (const name of ['danmux-api', 'danmux-worker', 'danmux-all'])
    assert.deepEqual(
      [...commands].filter((command) => !users.get(name)?.includes(`+${command}`)),
      [],
      name,
    );
});

async function mustNotBeRefused(): Promise<void> {
  const refused = (await admin.call('ACL', 'LOG')) as unknown[][];
  assert.deepEqual(
    refused.map((row) => ['username', 'reason', 'context', 'object'].map((name) => row[row.indexOf(name) + 1])),
    [],
  );
}

test('no command of any role is refused with a separate Redis user per role', { timeout: 120_000 }, async () => {
  const cluster = await start((role) => `danmux-${role}`, '');
  try {
    await drive(cluster);
    await mustNotBeRefused();
  } finally {
    closeViewersOf(cluster.of('edge').map(({ url }) => url));
    await Promise.all(cluster.nodes.map(({ process }) => process.stop('SIGKILL')));
  }
});

test('all roles work in one process with one user, another database and another prefix, as documented', { timeout: 60_000 }, async () => {
  const rules = (users.get('danmux-all') ?? []).map((rule) => rule.replace('&danmux', '&other@2').replace('~danmux', '~other').replace('~{danmux', '~{other'));
  await admin.call('ACL', 'SETUSER', 'other', 'reset', ...rules, '+select');
  const port = await freePorts(2);
  const url = `redis://other:PASSWORD@127.0.0.1:${redis.port}/2`;
  const env = { REDIS_URL: url, DANMUX_REDIS_PREFIX: 'other', DANMUX_EDGE_PORT: String(port), DANMUX_API_PORT: String(port + 1) };
  const node = startNodeProcess('all', { roles: 'all', env });
  await node.ready;
  const viewer = new TestViewer({ urls: [`http://127.0.0.1:${port}`], room, token: await testToken('ann') });
  try {
    await viewer.joined();
    const backend = new Backend(`http://127.0.0.1:${port + 1}`, testSecrets.DANMUX_API_KEY);
    for (const body of [{ id: 'now' }, { id: 'later', delay_ms: 200 }])
      assert.equal((await backend.post(`/v1/rooms/${room}/messages`, { type: 'gift', data: {}, ...body })).status, 202);
    await eventually(() => assert.deepEqual(viewer.ids('gift'), ['now', 'later']));
    await node.stop('SIGTERM');
    await mustNotBeRefused();
  } finally {
    viewer.close();
    await node.stop('SIGKILL');
  }
});
