// A viewer in a browser with a weak or interrupted network, or a killed edge: it reconnects, shows every gift once, and displays no
// error.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { backendOf, type ClusterNode, edgeUrls, eventually, metricOf, PageViewer, ProcessCluster, SlowLink, startBrowser, testToken } from '../src/index.ts';

const room = 'live:weak';
const threeG = { rttMs: 300, loss: 0.05 };
const unpluggedMs = 30_000;
/** Documented limit for the recovery from a killed edge. */
const playingWithinMs = 3_000;

describe('a viewer on a weak network', () => {
  let browser: Browser;
  let cluster: ProcessCluster;
  before(async () => {
    browser = await startBrowser();
    cluster = await ProcessCluster.start({ edges: 2, relays: 1, apis: 1, workers: 1 });
  });
  after(async () => {
    await browser.close();
    await cluster.stop();
  });

  const open = async (urls: readonly string[], user: string) =>
    PageViewer.open(browser, { api: cluster.of('api')[0]?.url ?? '', urls, room, token: await testToken(user) });

  /** Publishes gifts and chat until `last` returns true; resolves with the ids of the gifts. */
  async function push(name: string, last: () => boolean): Promise<string[]> {
    const backend = backendOf(cluster);
    const ids: string[] = [];
    for (let n = 0; !last(); n++) {
      const id = `${name}-${n}`;
      await Promise.all([
        backend.push({ room, type: 'gift', data: { gift: '火箭', count: 1 }, id }),
        backend.push({ room, type: 'chat', data: { text: `在吗 ${n}` }, id: `${id}-chat` }),
      ]);
      ids.push(id);
      await wait(100);
    }
    return ids;
  }

  const ticks = (count: number) => () => count-- <= 0;
  const giftsOf = async (viewer: PageViewer, name: string) => ((await viewer.kept()).ids['gift'] ?? []).filter((id) => id.startsWith(`${name}-`));

  test('300 ms round trip and 5 % packet loss: every gift once and in order', { timeout: 120_000 }, async (t) => {
    const links = await Promise.all(edgeUrls(cluster).map((url, index) => SlowLink.open(url, { ...threeG, seed: index + 1 })));
    const viewer = await open(
      links.map(({ url }) => url),
      'far',
    );
    try {
      const gifts = await push('slow', ticks(100));
      await eventually(async () => assert.deepEqual(await giftsOf(viewer, 'slow'), gifts), { timeoutMs: 30_000, everyMs: 200 });
      assert.deepEqual((await viewer.kept()).errors, []);
      assert.ok(links.reduce((sum, { lost }) => sum + lost, 0) > 0, 'segments were lost');

      for (const link of links) link.unplug();
      await eventually(async () => assert.deepEqual((await viewer.kept()).states.at(-1), 'connecting'));
      const until = performance.now() + unpluggedMs;
      const missed = await push('away', () => performance.now() > until);
      assert.deepEqual(await giftsOf(viewer, 'away'), []);
      for (const link of links) link.plug();
      const plugged = performance.now();
      await eventually(async () => assert.deepEqual(await giftsOf(viewer, 'away'), missed), { timeoutMs: 30_000, everyMs: 100 });
      t.diagnostic(`whole again ${Math.round(performance.now() - plugged)} ms after the plug, ${missed.length} gifts missed`);
      const { errors, states } = await viewer.kept();
      assert.deepEqual([errors, states.at(-1)], [[], 'online']);
      const more = await push('again', ticks(5));
      await eventually(async () => assert.deepEqual(await giftsOf(viewer, 'again'), more), { timeoutMs: 20_000, everyMs: 100 });
    } finally {
      await viewer.close();
      await Promise.all(links.map((link) => link.close()));
    }
  });

  test('killed edge: messages are shown again within three seconds, every gift once', { timeout: 120_000 }, async (t) => {
    const viewer = await open(edgeUrls(cluster), 'near');
    const times: number[] = [];
    try {
      for (let round = 0; round < 3; round++) {
        const edge = await edgeOf(cluster);
        const killed = Date.now();
        await edge.process.stop('SIGKILL');
        const gifts = await push(`kill${round}`, ticks(20));
        await eventually(async () => assert.deepEqual(await giftsOf(viewer, `kill${round}`), gifts), { timeoutMs: 20_000, everyMs: 100 });
        const { shownAt, errors } = await viewer.kept();
        times.push(Math.min(...gifts.map((id) => shownAt[id] ?? Number.POSITIVE_INFINITY)) - killed);
        assert.deepEqual(errors, []);
        await cluster.restart(edge);
      }
      t.diagnostic(`playing again after ${times.join(', ')} ms`);
      assert.ok((times.sort((a, b) => a - b)[1] ?? 0) <= playingWithinMs, `playing again after ${times} ms`);
    } finally {
      await viewer.close();
    }
  });
});

/** The edge to which the only viewer is connected. */
function edgeOf(cluster: ProcessCluster): Promise<ClusterNode> {
  return eventually(async () => {
    for (const edge of cluster.of('edge')) if ((await metricOf(edge.url, 'danmux_sessions')) > 0) return edge;
    throw new Error('no edge holds a viewer');
  });
}
