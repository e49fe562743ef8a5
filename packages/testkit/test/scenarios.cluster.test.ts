// Named fault scenarios of a cluster. After each, every viewer has every acknowledged gift exactly once and in order.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { backendOf, edgeUrls, eventually, ledgerMustBalance, metricOf, ProcessCluster, runScenario, startRedis, TestViewer, testToken } from '../src/index.ts';

describe('with one Redis', () => {
  let cluster: ProcessCluster;
  after(() => cluster?.stop());

  test('edge-crash: viewers reconnect to another edge within seconds, and none is counted twice', { timeout: 120_000 }, async (t) => {
    cluster = await ProcessCluster.start({ edges: 3, relays: 2, apis: 1, workers: 1, redis: await startRedis({ args: ['--appendonly', 'yes'] }) });
    const room = 'live:edge-crash';
    const { audience, recoveredMs } = await runScenario(cluster, { room, viewers: 90 }, async () => {
      await wait(1_500);
      await cluster.of('edge')[0]?.process.stop('SIGKILL');
      await wait(3_000);
    });
    t.diagnostic(`${audience.disconnected} viewers reconnected; all gifts received after ${recoveredMs} ms`);
    assert.ok(audience.disconnected >= 25);
    await eventually(async () => assert.equal(((await backendOf(cluster).get(`/v1/rooms/${room}`)).body as { online: number }).online, 90), {
      timeoutMs: 10_000,
    });
    await ledgerMustBalance(cluster);
    audience.close();
    for (const node of cluster.of('edge')) if (!node.process.running) await cluster.restart(node);
  });

  test('relay-crash-mid-tick: another relay takes over the shards within three seconds', { timeout: 120_000 }, async (t) => {
    let paused = 0;
    const { audience, traffic } = await runScenario(cluster, { room: 'live:relay-crash' }, async ({ audience: { viewers } }) => {
      await wait(1_000);
      const held = () => Math.min(...viewers.map(({ msgs }) => msgs.length));
      for (const node of cluster.of('relay')) {
        const before = held();
        const killed = performance.now();
        await node.process.stop('SIGKILL');
        await eventually(() => assert.ok(held() > before + 40, 'messages flow again'), { timeoutMs: 8_000 });
        paused = Math.max(paused, performance.now() - killed);
        await cluster.restart(node);
        await wait(1_000);
      }
    });
    t.diagnostic(`${traffic.gifts.length} gifts; flowing again after ${Math.round(paused)} ms at most`);
    assert.equal(audience.disconnected, 0);
    await ledgerMustBalance(cluster);
    audience.close();
  });

  test('duplicate-publish: a gift published concurrently and retried after a lost reply and a killed api arrives once', { timeout: 120_000 }, async () => {
    const room = 'live:duplicates';
    const viewer = new TestViewer({ urls: edgeUrls(cluster), room, token: await testToken('ann'), history: 0 });
    await viewer.joined();
    const backend = backendOf(cluster);
    const [api] = cluster.of('api');
    assert.ok(api);
    for (let n = 0; n < 20; n++) {
      const pushes = Array.from({ length: 8 }, () => backend.push({ room, type: 'gift', data: { n }, id: `order-${n}` }));
      if (n === 10) {
        await api.process.stop('SIGKILL');
        await cluster.restart(api);
      }
      await Promise.all(pushes);
    }
    await eventually(() =>
      assert.deepEqual(
        viewer.ids('gift'),
        Array.from({ length: 20 }, (_, n) => `order-${n}`),
      ),
    );
    viewer.close();
  });

  test('reconnect-storm: all viewers of a room rejoin at the same time with few reads of the store', { timeout: 120_000 }, async (t) => {
    const room = 'live:storm';
    const redis = cluster.redis;
    const { audience } = await runScenario(cluster, { room, viewers: 600, chatPerSecond: 10, giftsPerSecond: 5 }, async ({ audience: { viewers } }) => {
      await wait(2_000);
      const before = await redis.calls('xrange');
      const reads = async () => (await redis.calls('xrange')) - before;
      for (const viewer of viewers) viewer.socket.io.engine.close();
      await eventually(
        () =>
          assert.ok(
            viewers.every(({ recovered }) => recovered.length >= 2),
            'all viewers have rejoined',
          ),
        { timeoutMs: 30_000 },
      );
      // Informational only: relays read the ingress with XRANGE too. The metric below counts reads of history.
      t.diagnostic(`${await reads()} xrange in all, relays included`);
    });
    assert.ok(
      audience.viewers.every(({ recovered }) => recovered.every((lanes) => Object.values(lanes).every(Boolean))),
      'everything was recovered',
    );
    const misses = await Promise.all(cluster.of('edge').map(({ url }) => metricOf(url, 'danmux_ring_reads_total')));
    t.diagnostic(`reads of the store for history, per edge: ${misses}`);
    assert.ok(
      misses.every((count) => count <= 6),
      `${misses}`,
    );
    audience.close();
  });

  test('full-lane: more gifts than the lane holds are refused with 503, never lost; chat is shed and counted', { timeout: 120_000 }, async () => {
    const small = await ProcessCluster.start({ edges: 1, relays: 1, apis: 1, workers: 0, set: ['relay.ingress_gift=50', 'relay.ingress_chat=50'] });
    try {
      const room = 'live:full';
      const viewer = new TestViewer({ urls: edgeUrls(small), room, token: await testToken('ann'), history: 0 });
      await viewer.joined();
      const [relay] = small.of('relay');
      assert.ok(relay);
      relay.process.signal('SIGSTOP');
      const backend = backendOf(small);
      const messages = (type: string) => Array.from({ length: 80 }, (_, n) => ({ room, type, data: { n }, id: `${type}-${n}` }));
      const results = async (type: string) =>
        ((await backend.post('/v1/messages/batch', { messages: messages(type) })).body as { results: { status: number; id: string; code?: string }[] }).results;
      const gifts = await results('gift');
      assert.deepEqual(
        gifts.filter(({ status }) => status === 503).map(({ code }) => code),
        Array(30).fill('lane_full'),
      );
      await results('chat');
      relay.process.signal('SIGCONT');
      const acknowledged = gifts.filter(({ status }) => status === 202).map(({ id }) => id);
      await eventually(() => assert.deepEqual(viewer.ids('gift'), acknowledged));
      const { shed, accepted } = await ledgerMustBalance(small);
      assert.equal(accepted['chat'], 80);
      assert.ok((shed['chat']?.['ingress_full'] ?? 0) <= 30);
      viewer.close();
    } finally {
      await small.stop();
    }
  });

  test('redis-cut: during five seconds without replies gifts are refused and viewers stay connected', { timeout: 120_000 }, async (t) => {
    const { audience, traffic, recoveredMs } = await runScenario(cluster, { room: 'live:cut', chatMayBeLost: true }, async () => {
      await wait(1_500);
      cluster.redis.pause();
      await wait(5_000);
      cluster.redis.resume();
      await wait(2_000);
    });
    t.diagnostic(`${traffic.refusals.length} answers were refusals; whole after ${recoveredMs} ms`);
    assert.ok(traffic.refusals.length > 0);
    assert.equal(audience.disconnected, 0);
    await ledgerMustBalance(cluster);
    audience.close();
  });

  test('redis-restart: Redis is killed and restarted from its append-only file', { timeout: 120_000 }, async (t) => {
    const { audience, recoveredMs } = await runScenario(cluster, { room: 'live:restart', chatMayBeLost: true }, async () => {
      await wait(1_500);
      await cluster.redis.kill();
      await wait(2_000);
      await cluster.redis.start();
      await wait(2_000);
    });
    t.diagnostic(`whole after ${recoveredMs} ms`);
    assert.equal(audience.disconnected, 0);
    audience.close();
  });
});

test('redis-restart empty: a new epoch starts, viewers are notified, and later messages arrive', { timeout: 120_000 }, async () => {
  const cluster = await ProcessCluster.start({ edges: 2, relays: 1, apis: 1, workers: 0 });
  try {
    const room = 'live:empty';
    const viewers = edgeUrls(cluster).map((url) => ({ url, viewer: undefined as TestViewer | undefined }));
    const token = await testToken('ann');
    for (const one of viewers) {
      one.viewer = new TestViewer({ urls: [one.url], room, token });
      await one.viewer.joined();
    }
    const backend = backendOf(cluster);
    for (let n = 0; n < 5; n++) await backend.push({ room, type: 'gift', data: { n }, id: `before-${n}` });
    for (const { viewer } of viewers) await eventually(() => assert.equal(viewer?.ids('gift').length, 5));
    await cluster.redis.kill();
    await cluster.redis.start();
    for (let n = 0; n < 3; n++) await backend.push({ room, type: 'gift', data: { n }, id: `after-${n}` });
    for (const { viewer } of viewers) {
      await eventually(() => assert.deepEqual(viewer?.ids('gift').slice(5), ['after-0', 'after-1', 'after-2']), { timeoutMs: 15_000 });
      assert.ok(viewer?.gaps.some(({ reason }) => reason === 'history_lost'));
      assert.equal(viewer?.disconnects, 0);
      viewer?.close();
    }
  } finally {
    await cluster.stop();
  }
});
