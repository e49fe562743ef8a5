// Tests of Door with stock clients and recorded parts: who is admitted, one session per connection from its start to its end, and refusals
// while the edge drains, is full, or the user is banned.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { DanmuxError, type Sanction } from '@danmux/protocol';
import { type Runtime, signViewerToken, TokenVerifier } from '@danmux/runtime';
import { Viewer } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually, type Settings, testRuntime } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';
import { Door } from '../../src/door/door.ts';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import { Flusher } from '../../src/outbox/flusher.ts';
import type { Session } from '../../src/session/session.ts';
import { Sessions } from '../../src/session/sessions.ts';

interface OpenDoor {
  readonly runtime: Runtime;
  readonly door: Door;
  readonly sessions: Sessions;
  readonly url: string;
  /** Events passed to the requests part, with the user of their session. */
  readonly events: string[];
  /** Users whose session left all its rooms. */
  readonly exited: string[];
  connect(user: string): Promise<Viewer>;
  /** The code that refuses the user, or `connected`. */
  knock(user: string): Promise<unknown>;
}

/** `banOf` answers each look at the bans for all rooms. */
async function open(context: TestContext, set: Settings = {}, banOf: (user: string) => Sanction | undefined = () => undefined): Promise<OpenDoor> {
  const runtime = testRuntime(context, { 'edge.port': 0, 'edge.drain_ms': 100, ...set });
  const sessions = new Sessions();
  const flusher = new Flusher();
  const events: string[] = [];
  const exited: string[] = [];
  const door = new Door(
    runtime,
    { engine: 'memory' },
    {
      sessions,
      tokens: new TokenVerifier(runtime),
      keys: { admit: async () => {} },
      outbox: { ledger: new DeliveryLedger(runtime), flusher, cap: runtime.config.edge.outbox_bytes, frameBytes: runtime.config.edge.frame_bytes },
      rules: { everywhere: (_kind, user) => banOf(user) },
      requests: { run: async ({ viewer }: Session, event: string) => void events.push(`${viewer.id} ${event}`) },
      rooms: { exitAll: ({ viewer }) => void exited.push(viewer.id) },
    },
  );
  closeAfter(context, () => flusher.stop());
  closeAfter(context, () => door.stop());
  await door.start();
  const url = `http://${door.address()}`;
  const connect = async (user: string) => {
    const viewer = new Viewer(url, { token: (await signViewerToken(runtime.config.viewer, { sub: user }, 60, Date.now())).token });
    closeAfter(context, () => viewer.socket.disconnect());
    await viewer.connected();
    return viewer;
  };
  const knock = (user: string) =>
    connect(user).then(
      () => 'connected',
      (error: Error & { data?: unknown }) => error.data,
    );
  return { runtime, door, sessions, url, events, exited, connect, knock };
}

/** Status, code and retry hint of the answer to a new viewer, and whether its message says that the edge is full. */
async function refusal(url: string): Promise<unknown[]> {
  const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling`);
  const { code, message, retry_after_ms: wait } = (await answer.json()) as { code: string; message: string; retry_after_ms: number };
  return [answer.status, code, wait, /full/.test(message)];
}

const valuesOf = async (metric: { get(): Promise<{ values: readonly { labels: object; value: number }[] }> }) =>
  (await metric.get()).values.map(({ labels, value }) => [...Object.values(labels), value].join(' '));

test('a connection is one session until it ends: counted, found by user, and its events are passed on', async (context) => {
  const { runtime, sessions, events, exited, connect } = await open(context);
  const [ann] = [await connect('ann'), await connect('ann'), await connect('bob')];
  assert.deepEqual([sessions.size, sessions.of('ann').length, sessions.of('bob').length], [3, 2, 1]);
  assert.deepEqual([await valuesOf(runtime.metrics.sessions), await valuesOf(runtime.metrics.connections)], [['3'], ['websocket 3']]);
  ann.socket.emit('join', { room: 'live:1' });
  await eventually(() => assert.deepEqual(events, ['ann join']));
  const [session] = sessions.of('ann');
  ann.socket.disconnect();
  await eventually(() => assert.deepEqual([sessions.size, sessions.of('ann').length, exited], [2, 1, ['ann']]));
  assert.ok(session?.closed, 'the session of the ended connection is closed');
  assert.deepEqual(await valuesOf(runtime.metrics.sessions), ['2']);
  assert.deepEqual(await valuesOf(runtime.metrics.disconnections), ['client namespace disconnect 1']);
});

test('an edge that drains or is full refuses with the time to come back', async (context) => {
  const { door, sessions, url, connect, knock } = await open(context, { 'edge.max_connections': 1 });
  const ann = await connect('ann');
  const [status, code, wait, full] = await refusal(url);
  assert.deepEqual([status, code, full], [503, 'unavailable', true]);
  assert.ok(Number(wait) >= 2_000 && Number(wait) <= 4_000, `comes back in ${wait} ms`);
  ann.socket.disconnect();
  await eventually(() => assert.equal(sessions.size, 0));
  assert.equal(await knock('bob'), 'connected');
  assert.equal(door.draining, false);
  door.refuse();
  const [drains, why, until] = await refusal(url);
  assert.deepEqual([drains, why], [503, 'draining']);
  assert.ok(Number(until) >= 500 && Number(until) <= 1_000, `comes back in ${until} ms`);
  assert.deepEqual([door.draining, sessions.size], [true, 1]);
});

test('a banned user is refused in the handshake, with the reason', async (context) => {
  const { runtime, sessions, knock } = await open(context, {}, (user) => (user === 'eve' ? { by: 'mod', at: 1, reason: 'spam' } : undefined));
  assert.deepEqual(await knock('eve'), new DanmuxError('banned', { message: 'You are banned: spam.' }).toBody());
  assert.equal(await knock('ann'), 'connected');
  assert.equal(sessions.size, 1);
  assert.deepEqual(await valuesOf(runtime.metrics.refused), ['handshake banned 1']);
});

test('a user banned between the handshake and the connection gets the notice and is disconnected', async (context) => {
  let looks = 0;
  const { runtime, sessions, exited, connect } = await open(context, {}, () => (++looks === 2 ? { by: 'mod', at: 1 } : undefined));
  const ann = await connect('ann');
  await eventually(() => assert.deepEqual([ann.socket.connected, ann.notices.map(({ code }) => code)], [false, ['banned']]));
  await eventually(() => assert.deepEqual([looks, sessions.size, exited], [2, 0, ['ann']]));
  assert.deepEqual(await valuesOf(runtime.metrics.disconnections), ['banned 1']);
});

test('disconnectUser ends all connections of the user and no other', async (context) => {
  const { runtime, door, sessions, exited, connect } = await open(context);
  const [ann, again, bob] = [await connect('ann'), await connect('ann'), await connect('bob')];
  door.disconnectUser('ann');
  await eventually(() => assert.deepEqual([ann.socket.connected, again.socket.connected, exited], [false, false, ['ann', 'ann']]));
  assert.deepEqual([bob.socket.connected, sessions.size], [true, 1]);
  assert.deepEqual(await valuesOf(runtime.metrics.disconnections), ['disconnected 2']);
});

test('a client that only leaves the namespace loses its connection too', async (context) => {
  const { runtime, sessions, url, exited } = await open(context);
  const { token } = await signViewerToken(runtime.config.viewer, { sub: 'ann' }, 60, Date.now());
  const raw = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  closeAfter(context, () => raw.terminate());
  const closed = new Promise((resolve) => raw.once('close', resolve));
  raw.on('message', (data) => String(data).startsWith('0') && raw.send(`40${JSON.stringify({ token })}`));
  await eventually(() => assert.equal(sessions.size, 1));
  raw.send('41');
  await closed;
  assert.deepEqual([sessions.size, exited], [0, ['ann']]);
});

test('drain closes the port, and sends each viewer away at its time; stop ends the rest', async (context) => {
  const { door, sessions, exited, connect, knock } = await open(context);
  const viewers = [await connect('ann'), await connect('bob')];
  const slots: number[] = [];
  for (const { socket } of viewers) socket.on('goaway', ({ reconnect_in_ms }: { reconnect_in_ms: number }) => slots.push(reconnect_in_ms));
  await door.drain();
  await eventually(() => assert.deepEqual([slots.sort((a, b) => a - b), sessions.size, exited.sort()], [[50, 100], 0, ['ann', 'bob']]));
  assert.notEqual(await knock('late'), 'connected');
  await door.stop();
});
