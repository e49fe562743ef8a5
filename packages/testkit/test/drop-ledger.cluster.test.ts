// The drop ledger adds up over a whole cluster, under a flood, with viewers that stop reading and viewers that go away: what
// was accepted was sequenced or shed with a reason, and what was due to a viewer was delivered, shed or undeliverable.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Lane, laneNames } from '@danmux/protocol';
import { Audience, backendOf, edgeUrls, eventually, ledgerMustBalance, metricOf, ProcessCluster, TestViewer, testToken } from '../src/index.ts';

const room = 'live:ledger';
let cluster: ProcessCluster;
before(async () => {
  // A small outbox, so that a viewer that stops reading is behind soon.
  cluster = await ProcessCluster.start({
    edges: 2,
    relays: 2,
    env: { DANMUX_CHAT_PER_SECOND: '20' },
    set: ['edge.outbox_bytes=262144', 'edge.deflate=false', 'messages.dedupe_chat_ms=1000'],
  });
});
after(() => cluster.stop());

interface EdgeBooks {
  readonly due: number;
  readonly delivered: number;
  readonly shed: number;
  readonly undeliverable: number;
}
async function edgeBooks(lane: Lane): Promise<EdgeBooks> {
  const sum = async (name: string) =>
    (await Promise.all(cluster.of('edge').map(({ url }) => metricOf(url, name, { lane })))).reduce((all, one) => all + one, 0);
  return {
    due: await sum('danmux_due_total'),
    delivered: await sum('danmux_delivered_total'),
    shed: await sum('danmux_viewer_shed_total'),
    undeliverable: await sum('danmux_undeliverable_total'),
  };
}

async function flood(count: number, type: string, filler = '弹'.repeat(100)): Promise<void> {
  const messages = Array.from({ length: count }, (_, i) => ({
    room,
    type,
    data: { text: `${i} ${filler}` },
    from: { id: `u${i % 50}`, level: i % 30 },
  }));
  const { status, body } = await backendOf(cluster).post('/v1/messages/batch', { messages });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const refused = (body as { results: { status: number }[] }).results.filter((one) => one.status !== 202);
  assert.deepEqual(refused, []);
}

test('accepted = sequenced + shed, and due = delivered + shed + undeliverable, lane by lane', { timeout: 90_000 }, async (t) => {
  const token = await testToken('watcher');
  const audience = await Audience.join({ size: 10, urls: edgeUrls(cluster), room, token });
  const deaf = await Audience.join({ size: 4, urls: edgeUrls(cluster), room, token });
  for (const { socket } of deaf.viewers) socketOf(socket).pause();
  const leaving = new TestViewer({ urls: edgeUrls(cluster), room, token, history: 0 });
  await leaving.joined();
  for (let round = 0; round < 16; round++) {
    await Promise.all([flood(200, 'chat'), flood(30, 'gift', 'x'.repeat(27_000)), flood(100, 'like', '')]);
    if (round === 4) leaving.close();
  }
  const ledger = await ledgerMustBalance(cluster);
  assert.deepEqual([ledger.accepted.gift, ledger.sequenced.gift], [480, 480]);
  assert.ok((ledger.shed['chat']?.['budget'] ?? 0) > 2_400, `${JSON.stringify(ledger.shed)}`);
  assert.ok((ledger.shed['ambient']?.['merged'] ?? 0) > 800, `${JSON.stringify(ledger.shed)}`);
  await eventually(() => assert.deepEqual([...new Set(audience.viewers.map((viewer) => viewer.ids('gift').length))], [480]), { timeoutMs: 30_000 });
  // What waits for those that do not read is settled when they are gone.
  deaf.close();
  for (const { socket } of deaf.viewers) socketOf(socket).destroy();
  for (const lane of laneNames) {
    const books = await eventually(async () => {
      const found = await edgeBooks(lane);
      assert.equal(found.due, found.delivered + found.shed + found.undeliverable, `${lane}: ${JSON.stringify(found)}`);
      return found;
    });
    t.diagnostic(`${lane}: ${JSON.stringify(books)}`);
    // The viewers got all that was sequenced: what is in their hands is in the books.
    const held = audience.viewers.reduce((all, viewer) => all + viewer.ids(lane).length, 0);
    assert.ok(books.delivered >= held, `${lane}: ${books.delivered} delivered, ${held} held`);
  }
  // One that was away for a moment was not told of what was shed meanwhile.
  const steady = audience.viewers.find(({ disconnects }) => disconnects === 0) ?? assert.fail('every viewer was cut off');
  const told = () => steady.gaps.reduce((all, { lane, reason, count }) => all + (lane === 'chat' && reason === 'budget' ? count : 0), 0);
  const budget = ledger.shed['chat']?.['budget'] ?? 0;
  // Telling is at most once: a relay that begins anew forgets what it had not told. Counting is exact.
  await eventually(() => assert.ok(told() > budget * 0.8, `told of ${told()} of ${budget}`));
  assert.ok(told() <= budget, `told of ${told()} of ${budget}`);
  const gifts = await edgeBooks('gift');
  assert.ok(gifts.undeliverable > 0, 'who did not read was cut off with gifts in its outbox');
  assert.equal(gifts.shed, 0);
  audience.close();
});

function socketOf(socket: TestViewer['socket']): { pause(): void; destroy(): void } {
  const engine = socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void; destroy(): void } } } };
  return engine.transport.ws._socket;
}
