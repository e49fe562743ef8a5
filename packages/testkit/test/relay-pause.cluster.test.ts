// A relay is paused for ten seconds and then continues as if it still owned its shards. The store refuses its commits, because another
// relay has taken the leases over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { backendOf, type ClusterNode, eventually, ledgerMustBalance, metricOf, ProcessCluster, runScenario, streamMustHold } from '../src/index.ts';

/** Enough rooms that a single commit in progress at the pause is not all the work. */
const rooms = Array.from({ length: 24 }, (_, index) => `flood:${index}`);
const giftsPerRoom = 40;
/** Small and rare frames, so that a flood takes two seconds to send. */
const slowly = ['relay.frame_messages=5', 'relay.urgent_tick_ms=250'];
const stopMs = 10_000;

interface Flood {
  readonly ids: string[];
  /** Gifts in the memory of the paused relay. */
  readonly held: number;
}

const fencedBy = (relay: ClusterNode) => metricOf(relay.url, 'danmux_commits_refused_total', { reason: 'fenced' });

/** Publishes gifts to every room and pauses the relay while most gifts of its shards are in its memory. */
async function stopInTheMiddle(cluster: ProcessCluster, relay: ClusterNode, name: string): Promise<Flood> {
  const backend = backendOf(cluster);
  const ids = Array.from({ length: giftsPerRoom }, (_, n) => `${name}-${n}`);
  const messages = rooms.flatMap((room) => ids.map((id) => ({ room, type: 'gift', data: {}, id })));
  const stored = await backend.post('/v1/messages/batch', { messages });
  assert.ok((stored.body as { results: { status: number }[] }).results.every(({ status }) => status === 202));
  const held = await eventually(async () => {
    const backlog = await metricOf(relay.url, 'danmux_relay_backlog', { lane: 'gift' });
    assert.ok(backlog > 100, `${backlog} gifts are in its memory`);
    return backlog;
  });
  relay.process.signal('SIGSTOP');
  return { ids, held };
}

test('relay-pause: the store refuses the commits of a relay that continues after ten seconds with expired leases', { timeout: 120_000 }, async (t) => {
  const cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 1, workers: 0, set: slowly });
  try {
    const sent: string[] = [];
    const backend = backendOf(cluster);
    const { audience, traffic } = await runScenario(cluster, { room: 'live:relay-pause' }, async () => {
      await wait(500);
      for (const relay of cluster.of('relay')) {
        const before = await fencedBy(relay);
        const { ids, held } = await stopInTheMiddle(cluster, relay, relay.name);
        const stopped = performance.now();
        sent.push(...ids);
        // The other relay takes over these gifts while the paused relay still has them in memory.
        await eventually(() => Promise.all(rooms.map((room) => streamMustHold(backend, room, 'gift', sent))), { timeoutMs: 9_000, everyMs: 100 });
        const takenOver = performance.now() - stopped;
        await wait(Math.max(0, stopMs - takenOver));
        const written = await Promise.all(rooms.map((room) => streamMustHold(backend, room, 'gift', sent)));
        relay.process.signal('SIGCONT');
        const fenced = await eventually(async () => {
          const refused = (await fencedBy(relay)) - before;
          assert.ok(refused >= 1, `${relay.name} was refused ${refused} commits under leases it had lost`);
          assert.ok(/"reason":"fenced".*a commit was refused/.test(relay.process.output), 'and says so');
          return refused;
        });
        await eventually(async () =>
          assert.equal(await metricOf(relay.url, 'danmux_relay_backlog', { lane: 'gift' }), 0, 'the relay dropped messages of shards it lost'),
        );
        assert.deepEqual(await Promise.all(rooms.map((room) => streamMustHold(backend, room, 'gift', sent))), written, 'and nothing of it is there twice');
        t.diagnostic(`${relay.name}: stopped with ${held} gifts, written by the other after ${Math.round(takenOver)} ms, ${fenced} commits fenced`);
        // The continued relay gets its share of the shards back.
        await eventually(async () => assert.equal(await metricOf(relay.url, 'danmux_shards_owned'), 32));
      }
    });
    t.diagnostic(`${traffic.gifts.length} gifts, ${traffic.chats.length} chats`);
    for (const room of rooms) assert.equal((await streamMustHold(backend, room, 'gift', sent)).length, sent.length);
    assert.equal(audience.disconnected, 0);
    const { accepted, sequenced } = await ledgerMustBalance(cluster);
    assert.deepEqual(sequenced, accepted);
    audience.close();
  } finally {
    await cluster.stop();
  }
});
