// The life of an edge: it starts or says why not, survives viewers that do not read, and ends whole, whatever is under way.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, test } from 'node:test';
import { acceptPublication, type Bus, createBus } from '@danmux/bus';
import type { Clock } from '@danmux/runtime';
import { type EdgeFixture, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { closeAfter, eventually, gated, ownerOf, testBus, testRuntime } from '@danmux/testkit/unit';
import { WebSocket } from 'ws';
import { EdgeRole } from '../src/index.ts';

const owner = ownerOf(afterEach);
const edge = (set: Readonly<Record<string, unknown>> = {}, bus?: Bus, clock?: Clock): Promise<EdgeFixture> => startEdge(owner, set, bus, clock);
const gauge = async (fixture: EdgeFixture, name: 'sessions' | 'rooms') => (await fixture.runtime.metrics[name].get()).values[0]?.value ?? 0;
/** Why a viewer's connection ended, once it has. */
const disconnected = ({ socket }: Viewer) => new Promise<string>((resolve) => socket.once('disconnect', resolve));
const endedBy = async ({ runtime }: EdgeFixture) =>
  Object.fromEntries((await runtime.metrics.disconnections.get()).values.map(({ labels, value }) => [labels['reason'], value]));

/** A bare connection that has joined the room, and then reads nothing more. */
async function deafViewer(fixture: EdgeFixture, user: string): Promise<WebSocket> {
  const raw = new WebSocket(`${fixture.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false });
  closeAfter(owner, () => raw.terminate());
  let wire: Socket | undefined;
  raw.once('upgrade', ({ socket }: IncomingMessage) => {
    wire = socket;
  });
  const got: string[] = [];
  raw.on('message', (data) => got.push(String(data)));
  const answer = (start: string) =>
    eventually(() =>
      assert.ok(
        got.some((text) => text.startsWith(start)),
        `${start} among ${got}`,
      ),
    );
  await once(raw, 'open');
  raw.send(`40${JSON.stringify({ token: await fixture.token(user) })}`);
  await answer('40{');
  raw.send(`421["join",${JSON.stringify({ room, history: 0 })}]`);
  await answer('431[{"ok":true');
  wire?.pause();
  return raw;
}

test('a viewer that does not read its frames is cut off as slow, and the others get theirs', async () => {
  const fixture = await edge({ 'relay.tick_ms': 1 });
  const ann = fixture.connect({ token: await fixture.token('ann') });
  await ann.connected();
  assert.equal(await ann.code('join', { room }), 'ok');
  await deafViewer(fixture, 'deaf');
  const gift = (id: string) =>
    acceptPublication({ room, type: 'gift', data: 'x'.repeat(30_000), id }, { types: fixture.runtime.config.messages.types, maxData: 40_000, now: Date.now() });
  // More than the kernel's own buffers hold, and then the outbox; never more than a viewer that reads can take.
  let sent = 0;
  while (!(await endedBy(fixture))['slow'] && sent < 2_000) {
    await fixture.bus.ingress.publish(Array.from({ length: 10 }, () => gift(`g${sent++}`)));
    await eventually(() => assert.equal(ann.msgs.length, sent));
  }
  assert.deepEqual(await endedBy(fixture), { slow: 1 });
  assert.equal(ann.socket.connected, true);
});

test('announces its viewers, rooms and delivery rates', async () => {
  const fixture = await edge({ 'relay.tick_ms': 1 });
  const ann = fixture.connect({ token: await fixture.token('ann') });
  await ann.connected();
  assert.equal(await ann.code('join', { room }), 'ok');
  await fixture.push('gift', 'g1');
  await eventually(async () => {
    const numbers = (await fixture.bus.members.list()).find(({ role }) => role === 'edge')?.numbers ?? {};
    assert.deepEqual([numbers.connections, numbers.rooms, numbers.waiting_viewers, numbers.waiting_bytes], [1, 1, 0, 0]);
    assert.ok((numbers.per_second?.gift ?? 0) > 0 && (numbers.out_bytes_per_second ?? 0) > 0, JSON.stringify(numbers));
  });
});

test('a gift is traced to every viewer it was given to', async () => {
  const fixture = await edge({ 'relay.tick_ms': 1 });
  for (const user of ['ann', 'bob']) {
    const viewer = fixture.connect({ token: await fixture.token(user) });
    await viewer.connected();
    assert.equal(await viewer.code('join', { room }), 'ok');
  }
  await fixture.push('gift', 'g1');
  await eventually(async () => {
    const hops = (await fixture.bus.traces.find(room, 'g1'))?.hops ?? [];
    assert.deepEqual(
      hops.map(({ hop, node, viewers }) => [hop, node, viewers]),
      [
        ['sequenced', `relay@${fixture.runtime.node}`, undefined],
        ['delivered', `edge@${fixture.runtime.node}`, 2],
      ],
    );
  });
});

test('a viewer that asks and does not read the answers is refused, and cut off in the end', async () => {
  const fixture = await edge({ 'edge.outbox_bytes': 65_536, 'relay.chat_per_second': 1_000 });
  for (let i = 0; i < 150; i++) {
    const chat = { room, type: 'chat', data: 'x'.repeat(5_000), id: `c${i}` };
    await fixture.bus.ingress.publish([acceptPublication(chat, { types: fixture.runtime.config.messages.types, maxData: 6_000, now: Date.now() })]);
  }
  await eventually(async () => assert.equal((await fixture.bus.streams.heads(room)).offsets.chat, 150));
  const raw = await deafViewer(fixture, 'deaf');
  const refused = async () => (await fixture.runtime.metrics.refused.get()).values.reduce((sum, { value }) => sum + value, 0);
  let asked = 2;
  await eventually(
    async () => {
      raw.send(`42${asked++}["history",${JSON.stringify({ room, limit: 150 })}]`);
      assert.ok((await refused()) > 0, 'it is refused');
    },
    { timeoutMs: 20_000 },
  );
  await eventually(
    async () => {
      for (let i = 0; i < 500; i++) raw.send(`42${asked++}["history",${JSON.stringify({ room, limit: 150 })}]`);
      assert.equal((await endedBy(fixture))['slow'], 1);
    },
    { timeoutMs: 20_000 },
  );
});

test('a port that is taken fails the start with its code, and stop is safe then, and twice', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  closeAfter(owner, () => void taken.close());
  const runtime = testRuntime(owner, { 'edge.port': (taken.address() as AddressInfo).port }, { role: 'edge' });
  const role = new EdgeRole(runtime, createBus(runtime));
  await assert.rejects(role.start(), { code: 'EADDRINUSE' });
  await role.stop();
  await role.stop();
});

test('stop ends every viewer, takes its counts back and leaves no subscription, also with a join under way', async (t) => {
  const store = testBus(t, testRuntime(t, { shards: 4 }, { role: 'bus' }));
  const open = new Set<string>();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const gate = gated(store);
  gate.wrap('frames.subscribe', async (next, where, subscriber) => {
    if (where === 'held') await held;
    const subscription = await next(where, subscriber);
    open.add(where);
    const close = () => {
      open.delete(where);
      return subscription.close();
    };
    return { close };
  });
  const fixture = await startEdge(t, {}, gate.open);
  const ann = fixture.connect({ token: await fixture.token('ann') });
  await ann.connected();
  assert.equal(await ann.code('join', { room }), 'ok');
  const pending = ann.ask('join', { room: 'held' }).catch(() => 'no answer');
  await eventually(async () => assert.equal(await store.presence.online(room), 1));
  assert.equal(await ann.code('leave', { room: 'barrier' }), 'ok');
  const gone = disconnected(ann);
  await fixture.edge.stop();
  await gone;
  release();
  await pending;
  await eventually(() => assert.deepEqual([...open], []));
  assert.equal(await store.presence.online(room), 0);
});

test('the sessions and rooms it counts go back to nothing', async () => {
  const fixture = await edge();
  const viewers = await Promise.all(
    ['a', 'b', 'c'].map(async (user) => {
      const viewer = fixture.connect({ token: await fixture.token(user) });
      await viewer.connected();
      assert.equal(await viewer.code('join', { room }), 'ok');
      assert.equal(await viewer.code('join', { room: `of-${user}` }), 'ok');
      return viewer;
    }),
  );
  assert.equal(await gauge(fixture, 'sessions'), 3);
  for (const { socket } of viewers) socket.disconnect();
  await eventually(async () => assert.deepEqual([await gauge(fixture, 'sessions'), await gauge(fixture, 'rooms')], [0, 0]));
});

test('says it is alive, ready and not ready while it drains', async () => {
  const fixture = await edge({ 'edge.drain_ms': 400 });
  const ann = fixture.connect({ token: await fixture.token('ann') });
  await ann.connected();
  const status = async (path: string) => (await fetch(fixture.url + path)).status;
  assert.deepEqual([await status('/healthz'), await status('/readyz'), await status('/metrics'), await status('/other')], [200, 200, 200, 404]);
  const drained = fixture.edge.drain();
  assert.equal((await fixture.runtime.health.readiness()).ready, false);
  await drained;
  assert.equal(await gauge(fixture, 'sessions'), 0);
  assert.deepEqual(await endedBy(fixture), { drain: 1 });
});

test('a token that ends while its viewer is connected ends the connection after the grace', async () => {
  let ahead = 0;
  const fixture = await edge({}, undefined, { now: () => Date.now() + ahead });
  const ann = fixture.connect({ token: await fixture.token('ann', {}, 60) });
  await ann.connected();
  const gone = disconnected(ann);
  ahead = 71_000;
  assert.equal(await gone, 'io server disconnect', 'a stock client does not come back with the same token');
  assert.deepEqual(
    ann.notices.map(({ code }) => code),
    ['token_expired'],
  );
});

test('a client that leaves the namespace is disconnected, so that no connection stays without pings', { timeout: 20_000 }, async () => {
  const fixture = await edge();
  const raw = await deafViewer(fixture, 'ann');
  raw.resume();
  const closed = once(raw, 'close');
  raw.send('41');
  await closed;
  await eventually(async () => assert.deepEqual(await endedBy(fixture), { 'client namespace disconnect': 1 }));
});
