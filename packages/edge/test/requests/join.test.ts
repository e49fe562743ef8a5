// Joins that cross with frames, with leaves, with each other and with the end of a session; through a real edge on a bus
// whose calls the test can hold back.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { type Bus, isUserRoom, personalRoom, userRoomOf } from '@danmux/bus';
import { DanmuxError, type Frame, type JoinReply, type Reply } from '@danmux/protocol';
import { type EdgeFixture, must, room, startEdge, type Viewer } from '@danmux/testkit/edge-fixture';
import { eventually, type Gate, gated, ownerOf, testBus, testRuntime } from '@danmux/testkit/unit';

const owner = ownerOf(afterEach);
let bus: Bus;
let fixture: EdgeFixture;
/** The gate between the edge and the bus. */
let gate: Gate<Bus>;
/** A second gate behind the first, for calls that are delayed and then fail. */
let inner: Gate<Bus>;
/** Rooms the edge is subscribed to, as the bus sees it. */
let open: Set<string>;
beforeEach(async () => {
  open = new Set();
  bus = testBus(owner, testRuntime(owner, { shards: 4 }, { role: 'bus' }));
  const counting = gated(bus);
  counting.wrap('frames.subscribe', async (next, name, subscriber) => counted(name, await next(name, subscriber)));
  inner = gated(counting.open);
  gate = gated(inner.open);
  // A drain of viewers is tested elsewhere; online counts are not reported meanwhile.
  fixture = await startEdge(owner, { 'edge.presence_interval_ms': 60_000 }, gate.open);
});

function counted(name: string, subscription: { close(): Promise<void> }): { close(): Promise<void> } {
  // Subscriptions to rooms of users are open from start to end.
  if (isUserRoom(name)) return subscription;
  open.add(name);
  return {
    close: () => {
      open.delete(name);
      return subscription.close();
    },
  };
}

async function connect(user: string): Promise<Viewer> {
  const viewer = fixture.connect({ token: await fixture.token(user) });
  await viewer.connected();
  return viewer;
}
const codeOf = (reply: Reply<unknown>) => (reply.ok ? 'ok' : reply.error.code);
/** Resolves when everything sent to the viewer before has arrived: replies and frames share one connection. */
const barrier = (viewer: Viewer) => viewer.ask('leave', { room: 'barrier' });
const stored = (count: number) => eventually(async () => assert.equal((await bus.streams.heads(room)).offsets.gift, count));

test('frames that arrive during a join follow its answer, and no message is in both', async () => {
  const ann = await connect('ann');
  await fixture.push('gift', 'before');
  await stored(1);
  const { release } = gate.hold('presence.online');
  const order: string[] = [];
  ann.socket.on('frame', ({ msgs }: Frame) => order.push(...msgs.map(({ id }) => id)));
  const joined = new Promise<Reply<JoinReply>>((resolve) =>
    // In the callback itself: a promise would be told after the frames of the same chunk.
    ann.socket.emit('join', { room }, (reply: Reply<JoinReply>) => {
      order.push('ack');
      resolve(reply);
    }),
  );
  await eventually(() => assert.ok(open.has(room), 'the feed is open'));
  for (const id of ['g1', 'g2']) await fixture.push('gift', id);
  await stored(3);
  release();
  const reply = await joined;
  assert.ok(reply.ok, JSON.stringify(reply));
  await eventually(() => assert.equal(order.length + reply.msgs.length, 4));
  const inReply = reply.msgs.map(({ id }) => id);
  assert.equal(order[0], 'ack');
  assert.deepEqual([...inReply, ...order.slice(1)], ['before', 'g1', 'g2']);
  assert.equal(reply.positions.gift?.offset, inReply.length, 'the positions are those of the reply');
});

test('a leave directly after a join wins', async () => {
  const ann = await connect('ann');
  const { release } = gate.hold('frames.subscribe');
  const joined = ann.ask('join', { room });
  const left = ann.ask('leave', { room });
  assert.equal(codeOf(await left), 'ok');
  release();
  assert.equal(codeOf(await joined), 'not_joined');
  assert.equal(await ann.code('send', { room, type: 'chat', data: 1, cid: 'c' }), 'not_joined');
  await eventually(() => assert.deepEqual([...open], []));
});

test('a leave during the answer of a join wins too', async () => {
  const ann = await connect('ann');
  await fixture.push('gift', 'g1');
  await stored(1);
  const { release } = gate.hold('streams.since');
  const { release: releaseHistory } = gate.hold('streams.history');
  const joined = ann.ask('join', { room });
  await eventually(() => assert.ok(open.has(room), 'the feed is open'));
  await barrier(ann);
  assert.equal(await ann.code('leave', { room }), 'ok');
  release();
  releaseHistory();
  assert.equal(codeOf(await joined), 'not_joined');
  await fixture.push('gift', 'g2');
  await stored(2);
  await barrier(ann);
  assert.deepEqual(ann.ids(), []);
  assert.equal(await ann.code('join', { room }), 'ok', 'and it may come again');
});

test('a leave does not take back a membership that was there before a second join', async () => {
  const ann = await connect('ann');
  assert.equal(await ann.code('join', { room }), 'ok');
  assert.deepEqual(await Promise.all([ann.code('join', { room }), ann.code('join', { room: 'live:2' })]), ['ok', 'ok']);
  assert.equal(await ann.code('leave', { room: 'live:2' }), 'ok');
  await fixture.push('gift', 'g1');
  await eventually(() => assert.deepEqual(ann.ids(), ['g1']));
});

test('two joins of one room at once: one is answered, the other refused with a retry hint', async () => {
  const ann = await connect('ann');
  const { release } = gate.hold('frames.subscribe');
  const both = [ann.ask('join', { room }), ann.ask('join', { room })];
  const refused = await both[1];
  assert.ok(refused && !refused.ok, 'the second is refused');
  assert.deepEqual([refused.error.code, refused.error.retry_after_ms], ['rate_limited', 200]);
  release();
  assert.equal(codeOf((await both[0]) ?? assert.fail()), 'ok');
});

test('joins that are being answered count once towards the 50 rooms', async () => {
  const ann = await connect('ann');
  const { release } = gate.hold('presence.online');
  const join = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => ann.code('join', { room: `r${from + i}` }));
  const first = join(0, 30);
  await eventually(() => assert.equal(open.size, 30));
  const second = join(30, 50);
  await eventually(() => assert.equal(open.size, 50));
  const tooMany = await ann.code('join', { room: 'one-more' });
  release();
  assert.deepEqual(new Set(await Promise.all([...first, ...second])), new Set(['ok']));
  assert.equal(tooMany, 'too_many_rooms');
});

test('a crowd that joins a new room opens one feed', async () => {
  const crowd = await Promise.all(Array.from({ length: 20 }, (_, i) => connect(`u${i}`)));
  const { release } = gate.hold('frames.subscribe');
  const joins = crowd.map((viewer) => viewer.code('join', { room }));
  await Promise.all(crowd.map(barrier));
  release();
  assert.deepEqual(new Set(await Promise.all(joins)), new Set(['ok']));
  await fixture.push('gift', 'g1');
  await eventually(() => assert.deepEqual(new Set(crowd.flatMap((viewer) => viewer.ids().join())), new Set(['g1'])));
  assert.deepEqual([...open], [room]);
  for (const viewer of crowd.slice(1)) viewer.socket.disconnect();
  assert.equal(await crowd[0]?.code('leave', { room }), 'ok');
  await eventually(() => assert.deepEqual([...open], []));
});

test('a viewer that goes away during its join leaves nothing behind', async () => {
  for (const call of ['frames.subscribe', 'presence.online'] as const) {
    const ann = await connect('ann');
    const { release } = gate.hold(call);
    const joined = ann.ask('join', { room }).catch(() => 'gone');
    await barrier(ann);
    ann.socket.disconnect();
    await eventually(async () => assert.equal((await fixture.runtime.metrics.sessions.get()).values[0]?.value, 0));
    release();
    await joined;
    await eventually(() => assert.deepEqual([...open], []));
  }
});

test('an outage of Redis refuses the join and leaves the viewer outside; the next join succeeds', async () => {
  const ann = await connect('ann');
  for (const call of ['frames.subscribe', 'streams.heads', 'presence.online'] as const) {
    gate.fail(call, new DanmuxError('unavailable'));
    assert.equal(await ann.code('join', { room }), 'unavailable', call);
    assert.equal(await ann.code('history', { room }), 'not_joined');
    await eventually(() => assert.deepEqual([...open], []));
    gate.restore();
  }
  assert.equal(await ann.code('join', { room }), 'ok');
});

test('a second join that fails does not end the first one’s membership, and loses no frame', async () => {
  const ann = await connect('ann');
  assert.equal(await ann.code('join', { room }), 'ok');
  inner.fail('presence.online', new DanmuxError('unavailable'));
  const { release } = gate.hold('presence.online');
  const again = ann.code('join', { room });
  await barrier(ann);
  await fixture.push('gift', 'g1');
  await stored(1);
  release();
  assert.equal(await again, 'unavailable');
  await eventually(() => assert.deepEqual(ann.ids(), ['g1']));
});

test('a second join that fails loses nothing that was still to follow of the first one’s reply', async () => {
  const ann = await connect('ann');
  const { positions } = must(await ann.ask<JoinReply>('join', { room, history: 0 }));
  ann.socket.disconnect();
  const ids = Array.from({ length: 200 }, (_, index) => `g${index + 1}`);
  for (const id of ids) await fixture.push('gift', id, room, { data: 'x'.repeat(8_000) });
  await stored(200);
  const back = await connect('ann');
  inner.fail('presence.online', new DanmuxError('unavailable'));
  let asked = 0;
  // The first join is answered, the second one fails.
  gate.wrap('presence.online', (next, name) => (asked++ === 0 ? bus.presence.online(name) : next(name)));
  const first = back.ask<JoinReply>('join', { room, positions });
  const [reply, again] = [must(await first), await back.code('join', { room, positions })];
  assert.equal(again, 'unavailable');
  assert.ok((reply.following ?? 0) > 100, `${reply.following} follow`);
  await fixture.push('gift', 'live');
  await eventually(() => assert.equal(back.ids().at(-1), 'live'));
  assert.deepEqual([...reply.msgs.map(({ id }) => id), ...back.ids()], [...ids, 'live']);
});

test('a second join of @me that fails loses nothing that was still to follow of the first one’s reply', async () => {
  const userRoom = userRoomOf('ann');
  await fixture.pushToUser('ann', 'notice', 'early');
  await eventually(async () => assert.equal((await bus.streams.heads(userRoom)).offsets.control, 1));
  const { epoch } = await bus.streams.heads(userRoom);
  // This edge reads the notice from Redis, and has the gifts in its replay buffer.
  const late = await startEdge(owner, {}, gate.open);
  const ann = late.connect({ token: await late.token('ann') });
  await ann.connected();
  const ids = Array.from({ length: 200 }, (_, index) => `p${index + 1}`);
  for (const id of ids) await late.push('gift', id, userRoom, { data: 'x'.repeat(8_000), marks: { to: 'ann' } });
  await eventually(() => assert.deepEqual(ann.ids(), ids));
  const back = late.connect({ token: await late.token('ann') });
  await back.connected();
  gate.fail('streams.since', new DanmuxError('unavailable'));
  const first = back.ask<JoinReply>('join', { room: personalRoom, positions: { gift: { epoch, offset: 0 } } });
  const reply = must(await first);
  assert.equal(await back.code('join', { room: personalRoom, positions: { control: { epoch, offset: 0 } } }), 'unavailable');
  assert.ok((reply.following ?? 0) > 100, `${reply.following} follow`);
  await late.pushToUser('ann', 'gift', 'live');
  await eventually(() => assert.equal(back.ids().at(-1), 'live'));
  assert.deepEqual([...reply.msgs.map(({ id }) => id), ...back.ids()], [...ids, 'live']);
});

test('leaving a room one is not in, or was never in, is good', async () => {
  const ann = await connect('ann');
  assert.deepEqual(await ann.ask('leave', { room }), { ok: true });
});
