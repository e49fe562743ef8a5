// Relays and workers stop and start at random for one minute (15 seconds in `npm test`). No viewer is disconnected, because connections depend only on the edge, and
// no gift is lost or duplicated.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Audience, backendOf, drillMs, edgeUrls, ProcessCluster, Traffic, testToken } from '../src/index.ts';

const room = 'live:restarts';
const durationMs = drillMs(60_000, 15_000);
/** A restart takes a second or two on a busy machine. */
const leastRestarts = durationMs / 6_000;
const cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 1 });
after(() => cluster.stop());

test('relays and workers restart; viewers stay connected and gifts arrive', { timeout: 180_000 }, async (t) => {
  const audience = await Audience.join({ size: 100, urls: edgeUrls(cluster), room, token: await testToken('watcher') });
  const traffic = new Traffic(backendOf(cluster), { room, chatPerSecond: 10, giftsPerSecond: 5 });
  t.after(() => traffic.stop());
  traffic.start();
  const end = performance.now() + durationMs;
  const nodes = [...cluster.of('relay'), ...cluster.of('worker')];
  let restarts = 0;
  while (performance.now() < end) {
    const node = nodes[Math.floor(Math.random() * nodes.length)];
    if (!node) break;
    // Half of them are stopped with SIGTERM, half are killed.
    await node.process.stop(restarts++ % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
    await cluster.restart(node);
  }
  await traffic.stop();
  t.diagnostic(`${restarts} restarts, ${traffic.gifts.length} gifts, ${traffic.chats.length} chats`);
  assert.ok(restarts > leastRestarts, `only ${restarts} restarts`);
  assert.deepEqual(traffic.failures, []);
  await audience.mustHold('gift', traffic.gifts);
  await audience.mustHold('chat', traffic.chats);
  assert.equal(audience.disconnected, 0);
  audience.close();
});
