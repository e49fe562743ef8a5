// Steps of the wall clock, and planned handover of shards.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { backendOf, createClockFile, edgeUrls, eventually, ledgerMustBalance, ProcessCluster, runScenario, TestViewer, testToken } from '../src/index.ts';

const minute = 60_000;

async function degradedOf(url: string): Promise<readonly { readonly code: string }[]> {
  const { degraded } = (await (await fetch(`${url}/readyz`)).json()) as { degraded: readonly { readonly code: string }[] };
  return degraded;
}

test('clock-step: the wall clock of every process steps forward and back, and viewers are not affected', { timeout: 120_000 }, async (t) => {
  const clock = await createClockFile();
  const cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 1, env: clock.env });
  try {
    const { audience, traffic } = await runScenario(cluster, { room: 'live:clock' }, async () => {
      for (const offset of [10 * minute, -20 * minute, 25 * minute, 0]) {
        await wait(2_000);
        await clock.step(offset);
        const code = offset === 0 ? undefined : 'clock_skew';
        for (const { url } of cluster.nodes) await eventually(async () => assert.equal((await degradedOf(url))[0]?.code, code));
      }
    });
    t.diagnostic(`${traffic.gifts.length} gifts, ${traffic.chats.length} chats`);
    const times = audience.viewers[0]?.msgs.map(({ ts }) => ts) ?? [];
    assert.ok(Math.max(...times) - Math.min(...times) < minute, 'messages go by the clock of the store');
    assert.equal(audience.disconnected, 0);
    assert.deepEqual(traffic.refusals, []);
    await ledgerMustBalance(cluster);
    audience.close();
  } finally {
    await cluster.stop();
    await clock.remove();
  }
});

test('relay-handover: a relay that drains hands over its shards immediately, with hardly a pause in a room', { timeout: 120_000 }, async (t) => {
  const cluster = await ProcessCluster.start({ edges: 1, relays: 2, apis: 1, workers: 0 });
  let timer: NodeJS.Timeout | undefined;
  try {
    const room = 'live:handover';
    const viewer = new TestViewer({ urls: edgeUrls(cluster), room, token: await testToken('ann'), history: 0 });
    await viewer.joined();
    const arrivals: number[] = [];
    viewer.socket.on('frame', () => arrivals.push(performance.now()));
    const backend = backendOf(cluster);
    const sent: Promise<unknown>[] = [];
    timer = setInterval(() => sent.push(backend.push({ room, type: 'gift', data: {}, id: `h-${sent.length}` })), 20);
    const longest = () => Math.max(...arrivals.map((at, index) => at - (arrivals[index - 1] ?? at)));
    await wait(2_000);
    const calm = longest();
    for (const node of cluster.of('relay')) {
      await node.process.stop('SIGTERM');
      await wait(500);
      await cluster.restart(node);
      await wait(1_500);
    }
    clearInterval(timer);
    await Promise.all(sent);
    await eventually(() => assert.equal(viewer.ids('gift').length, sent.length));
    assert.equal(new Set(viewer.ids('gift')).size, sent.length);
    t.diagnostic(`longest pause ${Math.round(longest())} ms, ${Math.round(calm)} ms before any handover; ${sent.length} gifts`);
    assert.ok(longest() < 1_000, `${longest()} ms`);
    viewer.close();
  } finally {
    clearInterval(timer);
    await cluster.stop();
  }
});
