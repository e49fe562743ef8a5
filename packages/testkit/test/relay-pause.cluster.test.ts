// A relay is stopped for ten seconds in the middle of its work and wakes up believing that it owns its shards: what it tries
// to write then is refused by the store, which another relay has written to meanwhile.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { backendOf, type ClusterNode, eventually, ledgerMustBalance, metricOf, ProcessCluster, runScenario, streamMustHold } from '../src/index.ts';

/** Over so many that no commit under way at the stop can be the only work there is. */
const rooms = Array.from({ length: 24 }, (_, index) => `flood:${index}`);
const giftsPerRoom = 40;
/** A frame takes few and leaves seldom, so that a flood is on its way for two seconds. */
const slowly = ['relay.frame_messages=5', 'relay.urgent_tick_ms=250'];
const stopMs = 10_000;

interface Flood {
  readonly ids: string[];
  /** Gifts that the stopped relay holds in its memory. */
  readonly held: number;
}

const fencedBy = (relay: ClusterNode) => metricOf(relay.url, 'danmux_commits_refused_total', { reason: 'fenced' });

/** Sends gifts into every room and stops the relay while most of those of its shards wait in its memory. */
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

test('relay-pause: a relay that wakes after ten seconds believing it owns shards is refused what it writes', { timeout: 120_000 }, async (t) => {
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
        // The other relay takes over all of it, while this one still holds it in its memory.
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
        assert.equal(await metricOf(relay.url, 'danmux_relay_backlog', { lane: 'gift' }), 0, 'it forgot what is not its own');
        assert.deepEqual(await Promise.all(rooms.map((room) => streamMustHold(backend, room, 'gift', sent))), written, 'and nothing of it is there twice');
        t.diagnostic(`${relay.name}: stopped with ${held} gifts, written by the other after ${Math.round(takenOver)} ms, ${fenced} commits fenced`);
        // Its share of the shards comes back to it.
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
