// Redis is absent at the start, starts later, is killed and restarted: every process logs it, is not ready meanwhile, refuses messages it
// cannot store, and recovers.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { backendOf, edgeUrls, eventually, ProcessCluster, startRedis, TestViewer, testToken } from '../src/index.ts';

const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
await redis.kill();
const cluster = await ProcessCluster.start({ edges: 1, relays: 1, apis: 1, workers: 1, redis });
after(() => cluster.stop());
const backend = backendOf(cluster);
const room = 'live:away';

async function readiness(): Promise<boolean[]> {
  return Promise.all(cluster.nodes.map(async ({ url }) => (await fetch(`${url}/readyz`)).ok));
}

test('without Redis at the start, processes run, are not ready, and log the reason once', { timeout: 60_000 }, async () => {
  assert.deepEqual(await readiness(), [false, false, false, false]);
  for (const { url } of cluster.nodes) assert.equal((await fetch(`${url}/healthz`)).status, 200);
  const refused = await backend.post(`/v1/rooms/${room}/messages`, { type: 'gift', data: {} });
  assert.equal(refused.status, 503);
  assert.equal((refused.body as { code: string }).code, 'unavailable');
  for (const { name, process } of cluster.nodes)
    assert.equal(process.output.split('"connection":"commands"').length - 1, 1, `${name} logged it once:\n${process.output}`);
});

test('when Redis starts, all processes become ready and a gift arrives', { timeout: 60_000 }, async () => {
  await redis.start();
  await eventually(async () => assert.deepEqual(await readiness(), [true, true, true, true]));
  const viewer = new TestViewer({ urls: edgeUrls(cluster), room, token: await testToken('ann') });
  await viewer.joined();
  const { id } = await backend.push({ room, type: 'gift', data: { gift: 'rocket' } });
  await eventually(() => assert.deepEqual(viewer.ids('gift'), [id]));
  viewer.close();
});

test('Redis killed and restarted: gifts are refused meanwhile, none is lost, and the viewer stays connected', { timeout: 90_000 }, async () => {
  const viewer = new TestViewer({ urls: edgeUrls(cluster), room, token: await testToken('ann'), history: 0 });
  await viewer.joined();
  const before = await backend.push({ room, type: 'gift', data: { n: 1 } });
  await redis.kill();
  await eventually(async () => assert.deepEqual(await readiness(), [false, false, false, false]));
  const refused = await backend.post(`/v1/rooms/${room}/messages`, { type: 'gift', data: {}, id: 'during' });
  assert.equal(refused.status, 503);
  const failed = await viewer.send('chat', { text: '?' }, 'c1');
  assert.equal(failed.ok ? '' : failed.error.code, 'unavailable');
  await redis.start();
  const after = await backend.push({ room, type: 'gift', data: { n: 2 } });
  await eventually(() => assert.deepEqual(viewer.ids('gift'), [before.id, after.id]), { timeoutMs: 15_000 });
  await eventually(async () => assert.deepEqual(await readiness(), [true, true, true, true]));
  assert.equal(viewer.disconnects, 0);
  for (const { process } of cluster.nodes) assert.match(process.output, /redis is back/);
  viewer.close();
});
