// ChatSession on a real edge: the history of a room that was joined before is loaded, if need be after an outage.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { createClient } from '@danmux/sdk';
import { room as name, startEdge } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually, gated, testBus, testRuntime } from '@danmux/testkit/unit';
import { ChatSession } from '../../src/elements/chat-session.ts';
import { textsOf } from '../../src/elements/texts.ts';

const unavailable = async (): Promise<never> => {
  throw new DanmuxError('unavailable', { retryAfterMs: 1_000 });
};

/** A viewer that joined the room and got two messages before the chat listens; `gate` is between the edge and its bus. */
async function joinedBefore(t: TestContext) {
  const real = testBus(t, testRuntime(t, { shards: 4 }));
  await real.start();
  const gate = gated(real);
  const settings = { 'edge.drain_ms': 50 };
  const edge = await startEdge(t, settings, gate.open);
  const client = createClient({ url: edge.url, token: await edge.token('ann') });
  const room = client.join(name);
  const received: string[] = [];
  room.on('message', ({ id }) => received.push(id));
  let changes = 0;
  const session = new ChatSession(100, { texts: textsOf('en'), user: undefined, changed: () => changes++, requestUpdate: () => changes++ });
  let ends: (() => void)[] = [];
  closeAfter(t, () => {
    for (const end of ends) end();
    client.close();
  });
  await eventually(() => assert.equal(room.joined, true, 'the room is joined'));
  await edge.push('chat', 'c1', name, { data: { text: 'hello' } });
  await edge.push('gift', 'g1', name, { data: { gift: 'rose', name: 'Rose' } });
  await eventually(() => assert.deepEqual([...received].sort(), ['c1', 'g1']));
  return {
    ...{ session, gate, room, edge },
    listen: () => {
      ends = session.listen(room);
    },
    ids: () => session.log.entries.map(({ id }) => id).sort(),
    restart: async () => {
      const port = Number(new URL(edge.url).port);
      await edge.edge.stop();
      await startEdge(t, { ...settings, 'edge.port': port }, gate.open);
    },
  };
}

test('the history of a room that was joined before is loaded', async (t) => {
  const { listen, ids } = await joinedBefore(t);
  listen();
  await eventually(() => assert.deepEqual(ids(), ['c1', 'g1']));
});

test('history that the store could not give is loaded when the connection is back', async (t) => {
  const { listen, ids, session, gate, room, restart } = await joinedBefore(t);
  gate.replace('streams.history', unavailable);
  let asked = 0;
  const history = room.history.bind(room);
  room.history = (...query) => history(...query).finally(() => asked++);
  listen();
  await eventually(() => assert.ok(asked >= 3, 'all lanes were asked for'));
  assert.deepEqual([ids(), session.hint], [[], ''], 'nothing is there yet, and the outage is not a hint');
  gate.restore('streams.history');
  await restart();
  await eventually(() => assert.deepEqual(ids(), ['c1', 'g1']));
});

test('history that the store could not give is loaded later without a new connection, and each lane once', async (t) => {
  const { listen, ids, room } = await joinedBefore(t);
  const lanes: (string | undefined)[] = [];
  const history = room.history.bind(room);
  room.history = (query) => {
    lanes.push(query?.lane);
    return query?.lane === 'gift' && lanes.length < 4 ? unavailable() : history(query);
  };
  listen();
  await eventually(() => assert.deepEqual(ids(), ['c1', 'g1']), { timeoutMs: 10_000 });
  assert.deepEqual(lanes, ['control', 'gift', 'chat', 'gift']);
});
