// Ten thousand gifts in one minute to twenty rooms with a thousand viewers on three edges, while an edge, a relay, the api and Redis are
// killed in turn. Every viewer has every acknowledged gift of its room once and in order.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { Audience, backendOf, edgeUrls, ledgerMustBalance, ProcessCluster, startRedis, testToken } from '../src/index.ts';

const roomCount = 20;
const viewersPerRoom = 50;
const total = 10_000;
const overMs = 60_000;
/** Gifts per request. */
const batchSize = 20;

const redis = await startRedis({ args: ['--appendonly', 'yes', '--appendfsync', 'always'] });
const cluster = await ProcessCluster.start({ edges: 3, relays: 2, apis: 1, workers: 1, redis });
after(() => cluster.stop());

test('10,000 gifts, 1,000 viewers, four crashes: no gift is lost, duplicated or out of order', { timeout: 300_000 }, async (t) => {
  const rooms = Array.from({ length: roomCount }, (_, index) => `live:${1_000 + index}`);
  const token = await testToken('watcher');
  const audiences: Audience[] = [];
  for (const room of rooms) audiences.push(await Audience.join({ size: viewersPerRoom, urls: edgeUrls(cluster), room, token }));
  const backend = backendOf(cluster);
  const acknowledged = new Map<string, string[]>(rooms.map((room) => [room, []]));
  let refusals = 0;
  let over = false;
  t.after(() => {
    over = true;
  });

  const pushBatch = async (batch: number) => {
    const messages = Array.from({ length: batchSize }, (_, index) => ({
      room: rooms[(batch + index) % roomCount] ?? '',
      type: 'gift',
      data: { gift: 'rocket' },
      id: `g-${batch}-${index}`,
    }));
    let left = messages;
    for (let attempt = 0; left.length > 0 && !over; attempt++) {
      const { status, body } = await backend.post('/v1/messages/batch', { messages: left }, `batch-${batch}-${attempt}`);
      const { results } = body as { results?: { status: number }[] };
      const refused = status === 200 && results ? left.filter((_, index) => results[index]?.status !== 202) : left;
      for (const { room, id } of left) if (!refused.some((one) => one.id === id)) acknowledged.get(room)?.push(id);
      left = refused;
      if (left.length > 0) {
        refusals++;
        await wait(150);
      }
    }
  };

  const sending: Promise<void>[] = [];
  const every = overMs / (total / batchSize);
  const began = performance.now();
  const losses = (async () => {
    const [edge] = cluster.of('edge');
    const [relay] = cluster.of('relay');
    const [api] = cluster.of('api');
    assert.ok(edge && relay && api);
    await wait(8_000);
    for (const node of [edge, relay, api]) {
      await node.process.stop('SIGKILL');
      await wait(2_000);
      await cluster.restart(node);
      await wait(8_000);
    }
    await redis.kill();
    await wait(5_000);
    await redis.start();
  })();
  for (let batch = 0; batch < total / batchSize; batch++) {
    sending.push(pushBatch(batch));
    await wait(Math.max(0, began + (batch + 1) * every - performance.now()));
  }
  await Promise.all([...sending, losses]);
  const sum = [...acknowledged.values()].reduce((all, ids) => all + ids.length, 0);
  assert.equal(sum, total);
  const mended = performance.now();
  for (const [index, room] of rooms.entries()) await audiences[index]?.mustHold('gift', acknowledged.get(room) ?? [], 60_000);
  t.diagnostic(`${sum} gifts acknowledged, ${refusals} requests refused and sent again; all whole ${Math.round(performance.now() - mended)} ms after the last`);
  t.diagnostic(`${audiences.reduce((all, { disconnected }) => all + disconnected, 0)} viewers reconnected`);
  await ledgerMustBalance(cluster);
  for (const audience of audiences) audience.close();
});
