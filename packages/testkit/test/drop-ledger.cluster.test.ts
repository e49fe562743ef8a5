// The drop ledger of a whole cluster balances during a flood with viewers that stop reading or disconnect: each accepted message was
// sequenced or shed, and each delivery due was delivered, shed or undeliverable.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Lane, laneNames } from '@danmux/protocol';
import { Audience, backendOf, edgeUrls, eventually, ledgerMustBalance, metricOf, ProcessCluster, TestViewer, testToken } from '../src/index.ts';

const room = 'live:ledger';
let cluster: ProcessCluster;
before(async () => {
  // A small outbox fills soon when a viewer stops reading.
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
  // Frames queued for viewers that do not read are counted as undeliverable once these viewers are disconnected.
  deaf.close();
  for (const { socket } of deaf.viewers) socketOf(socket).destroy();
  for (const lane of laneNames) {
    const books = await eventually(async () => {
      const found = await edgeBooks(lane);
      assert.equal(found.due, found.delivered + found.shed + found.undeliverable, `${lane}: ${JSON.stringify(found)}`);
      return found;
    });
    t.diagnostic(`${lane}: ${JSON.stringify(books)}`);
    // The edges must have counted at least every message that the reading viewers received.
    const held = audience.viewers.reduce((all, viewer) => all + viewer.ids(lane).length, 0);
    assert.ok(books.delivered >= held, `${lane}: ${books.delivered} delivered, ${held} held`);
  }
  // A viewer that was disconnected during shedding got no gap for it.
  const steady = audience.viewers.find(({ disconnects }) => disconnects === 0) ?? assert.fail('every viewer was cut off');
  const reported = () => steady.gaps.reduce((all, { lane, reason, count }) => all + (lane === 'chat' && reason === 'budget' ? count : 0), 0);
  const budget = ledger.shed['chat']?.['budget'] ?? 0;
  // Gaps are sent at most once, because a restarted relay forgets gaps it has not sent. The counts are exact.
  await eventually(() => assert.ok(reported() > budget * 0.8, `gaps report ${reported()} of ${budget} shed messages`));
  assert.ok(reported() <= budget, `gaps report ${reported()} of ${budget} shed messages`);
  const gifts = await edgeBooks('gift');
  assert.ok(gifts.undeliverable > 0, 'viewers that did not read were disconnected with gifts in their outboxes');
  assert.equal(gifts.shed, 0);
  audience.close();
});

function socketOf(socket: TestViewer['socket']): { pause(): void; destroy(): void } {
  const engine = socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void; destroy(): void } } } };
  return engine.transport.ws._socket;
}
