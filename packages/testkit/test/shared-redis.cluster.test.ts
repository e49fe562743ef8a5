// Several clusters share one Redis, separated by database or prefix. Messages, moderation and jobs of one cluster do not affect another.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { JoinReply, Notice, Reply } from '@danmux/protocol';
import {
  Backend,
  type Child,
  eventually,
  freePorts,
  type RedisServer,
  startNodeProcess,
  startRedis,
  TestViewer,
  testSecrets,
  testToken,
} from '../src/index.ts';

const room = 'live:1';
const user = 'ann';

/** A cluster in a single process, with one viewer. */
interface Shared {
  readonly name: string;
  readonly url: string;
  readonly backend: Backend;
  readonly process: Child;
  readonly viewer: TestViewer;
  readonly notices: Notice[];
}

let redis: RedisServer;
let clusters: Shared[] = [];
before(async () => {
  redis = await startRedis();
  const first = await freePorts(8);
  // Clusters that differ by database, by prefix, and by both.
  const places = [
    { name: 'a', env: { REDIS_URL: `${redis.url}/0` } },
    { name: 'b', env: { REDIS_URL: `${redis.url}/1` } },
    { name: 'c', env: { REDIS_URL: redis.url, DANMUX_REDIS_PREFIX: 'other' } },
    { name: 'd', env: { REDIS_URL: `${redis.url}/1`, DANMUX_REDIS_PREFIX: 'other' } },
  ];
  clusters = await Promise.all(places.map(({ name, env }, index) => startShared(name, env, first + 2 * index)));
});
after(async () => {
  for (const { viewer } of clusters) viewer.close();
  await Promise.all(clusters.map(({ process }) => process.stop('SIGKILL')));
  await redis?.stop();
});

async function startShared(name: string, env: Record<string, string>, port: number): Promise<Shared> {
  const ports = { DANMUX_EDGE_PORT: String(port), DANMUX_API_PORT: String(port + 1) };
  const node = startNodeProcess(name, { roles: 'all', env: { ...env, ...ports, DANMUX_LOG_LEVEL: 'info' } });
  await node.ready;
  const viewer = new TestViewer({ urls: [`http://127.0.0.1:${port}`], room, token: await testToken(user) });
  const notices: Notice[] = [];
  viewer.socket.on('notice', (notice) => notices.push(notice));
  await viewer.joined();
  const url = `http://127.0.0.1:${port + 1}`;
  return { name, url, backend: new Backend(url, testSecrets.DANMUX_API_KEY), process: node, viewer, notices };
}

async function accepted({ backend }: Shared, path: string, body: object): Promise<void> {
  const { status, body: answer } = await backend.post(path, body);
  assert.equal(status, 202, JSON.stringify(answer));
}

const own = (name: string) => [`gift-${name}`, `private-${name}`, `later-${name}`, `cast-${name}`, `last-${name}`];
const guaranteed = ({ viewer }: Shared) => viewer.msgs.filter(({ lane }) => lane === 'gift').map(({ id }) => id);

test('gifts, chat, messages to users, delayed messages and broadcasts stay within their cluster', { timeout: 60_000 }, async () => {
  for (const cluster of clusters) {
    const { name, viewer } = cluster;
    await accepted(cluster, `/v1/rooms/${room}/messages`, { type: 'gift', data: {}, id: `gift-${name}` });
    await accepted(cluster, `/v1/users/${user}/messages`, { type: 'gift', data: {}, id: `private-${name}` });
    await accepted(cluster, `/v1/rooms/${room}/messages`, { type: 'gift', data: {}, id: `later-${name}`, delay_ms: 300 });
    await accepted(cluster, '/v1/broadcasts', { rooms: [room], type: 'gift', data: {}, id: `cast-${name}` });
    assert.ok((await viewer.send('chat', { text: name }, randomUUID())).ok);
  }
  for (const cluster of clusters)
    await eventually(() => assert.deepEqual(guaranteed(cluster).sort(), own(cluster.name).slice(0, 4).sort()), { timeoutMs: 15_000 });
  // Messages published last arrive after any stray message of another cluster.
  for (const cluster of clusters) await cluster.backend.push({ room, type: 'gift', data: {}, id: `last-${cluster.name}` });
  for (const cluster of clusters) {
    await eventually(() => assert.ok(guaranteed(cluster).includes(`last-${cluster.name}`), 'the last one arrives'));
    assert.deepEqual(guaranteed(cluster).sort(), own(cluster.name).sort());
    assert.deepEqual(
      cluster.viewer.msgs.filter(({ lane }) => lane === 'chat').map(({ data }) => (data as { text: string }).text),
      [cluster.name],
    );
    assert.deepEqual(cluster.viewer.gaps, [], 'no epoch ends');
  }
});

test('mutes, modes, kicks and bans apply only in their cluster', { timeout: 60_000 }, async () => {
  const codes = ({ notices }: Shared) => notices.map(({ code }) => code);
  const join = ({ viewer }: Shared): Promise<Reply<JoinReply>> => new Promise((resolve) => viewer.socket.emit('join', { room }, resolve));
  for (const [index, cluster] of clusters.entries()) {
    await cluster.backend.request('PUT', `/v1/rooms/${room}/mutes/${user}`, { for_ms: 60_000 });
    await eventually(() => assert.equal(codes(cluster).at(-1), 'muted'));
    await cluster.backend.request('DELETE', `/v1/rooms/${room}/mutes/${user}`);
    await cluster.backend.request('POST', `/v1/rooms/${room}/kick`, { user });
    await eventually(() => assert.equal(codes(cluster).at(-1), 'kicked'));
    assert.ok((await join(cluster)).ok);
    for (const later of clusters.slice(index + 1)) assert.deepEqual(codes(later), []);
  }
  for (const [index, cluster] of clusters.entries()) {
    const ended = new Promise((resolve) => cluster.viewer.socket.once('disconnect', resolve));
    await cluster.backend.request('PUT', `/v1/bans/${user}`, { for_ms: 60_000 });
    await ended;
    for (const later of clusters.slice(index + 1)) {
      assert.ok((await join(later)).ok, 'it neither lost its connection nor is it banned');
      assert.equal(later.viewer.disconnects, 0);
    }
  }
});
