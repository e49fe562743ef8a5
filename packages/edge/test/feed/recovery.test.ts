// Tests of Recovery on a memory bus that counts reads: a joining viewer gets all messages up to the heads, or is told that some are missing.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import type { MemoryBus } from '@danmux/bus';
import { createBus, type Heads, type Lease, shardLease, shardOf } from '@danmux/bus';
import { limits, type Positions, type StreamLane } from '@danmux/protocol';
import { eventually, gated, testConfig, testRuntime } from '@danmux/testkit/unit';
import { Recovery } from '../../src/feed/recovery.ts';
import { RoomFeed } from '../../src/feed/room-feed.ts';

const room = 'live:1';
const config = testConfig();
const runtime = testRuntime({ after }, {}, { role: 'edge' });

let bus: MemoryBus;
let lease: Lease;
let reads: string[];
let feed: RoomFeed;
let recovery: Recovery;
beforeEach(async () => {
  reads = [];
  const gate = gated(createBus(runtime) as MemoryBus);
  gate.wrap('streams.since', (next, ...args) => {
    reads.push(`since ${args.slice(1).join(' ')}`);
    return next(...args);
  });
  gate.wrap('streams.history', (next, ...args) => {
    reads.push(`history ${args.slice(1).join(' ')}`);
    return next(...args);
  });
  bus = gate.open;
  lease = (await bus.leases.acquire(shardLease(shardOf(room, config.shards)), 'me', 600_000)) ?? assert.fail();
  recovery = new Recovery(runtime, bus);
});
afterEach(() => feed.close());

/** Stores so many messages of a lane, and tells the edges or not. */
async function store(lane: StreamLane, count: number, tell = true): Promise<void> {
  const heads = await bus.streams.heads(room);
  const first = heads.offsets[lane] + 1;
  const msgs = Array.from({ length: count }, (_, i) => `{"lane":"${lane}","offset":${first + i},"id":"${lane}${first + i}","type":"x","data":1,"ts":1}`);
  const head = { room, epoch: heads.epoch, ranges: { [lane]: [first, first + count - 1] as const }, counts: { [lane]: count }, characters: {}, traces: [] };
  const frame = tell ? { head, payload: `{"room":"${room}","msgs":[${msgs.join(',')}]}` } : null;
  const result = await bus.streams.commit({ room, lease, expected: heads, messages: { [lane]: msgs }, entries: {}, frame, counts: {} });
  assert.deepEqual(result, { ok: true });
}
async function open(): Promise<void> {
  feed = new RoomFeed(runtime, bus, room, { frame: () => {}, gap: () => {}, recalled: () => {} });
  await feed.open();
}
const arrived = (heads: Partial<Heads['offsets']>) => eventually(() => assert.deepEqual({ ...feed.heads.offsets, ...heads }, feed.heads.offsets));
const at = (offset: number, epoch = feed.heads.epoch) => ({ epoch, offset });
const recover = (positions?: Positions, history?: number) =>
  recovery.recover({ room, ...(positions ? { positions } : {}), ...(history === undefined ? {} : { history }) }, feed, feed.heads);
const ids = ({ msgs }: { msgs: readonly { id: string }[] }) => msgs.map(({ id }) => id);
const named = (lane: StreamLane, from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${lane}${from + i}`);

test('gives all that came after a position, per lane, in lane order', async () => {
  await store('chat', 4);
  await store('gift', 5);
  await store('control', 1);
  await open();
  const result = await recover({ gift: at(2), chat: at(3), control: at(0) });
  assert.deepEqual(ids(result), ['control1', ...named('gift', 3, 5), 'chat4']);
  assert.deepEqual(result.recovered, { control: true, gift: true, chat: true });
  assert.deepEqual(result.positions, { control: at(1), gift: at(5), chat: at(4) });
});

test('a viewer that missed nothing gets nothing, and Redis is not read', async () => {
  await store('gift', 5);
  await open();
  const result = await recover({ gift: at(5), chat: at(0), control: at(0) });
  assert.deepEqual([ids(result), result.recovered], [[], { control: true, gift: true, chat: true }]);
  assert.deepEqual(reads, []);
});

test('recovered is false for another epoch, a position ahead of Redis, and one that history no longer reaches', async () => {
  await store('chat', 250);
  await store('gift', 1);
  await open();
  for (const chat of [at(249, 'another'), at(251), at(49), at(0)]) {
    const result = await recover({ chat, gift: at(0) });
    assert.deepEqual([ids(result), result.recovered], [['gift1'], { gift: true, chat: false }], JSON.stringify(chat));
  }
  assert.deepEqual((await recover({ chat: at(50) })).recovered, { chat: true }, 'the oldest that is kept');
  assert.equal((await recover({ chat: at(50) })).msgs.length, 200);
});

test('says false past the limit of one replay, true up to it, also when the edge itself holds more', async () => {
  await open();
  for (let stored = 0; stored < limits.recovery + 1; stored += 667) await store('gift', 667);
  await arrived({ gift: 2_001 });
  const head = feed.heads.offsets.gift;
  assert.deepEqual((await recover({ gift: at(head - limits.recovery - 1) })).recovered, { gift: false });
  const whole = await recover({ gift: at(head - limits.recovery) });
  assert.deepEqual(whole.recovered, { gift: true });
  assert.deepEqual(ids(whole), named('gift', head - limits.recovery + 1, head));
});

test('gives nothing past the heads, although Redis has more by then', async () => {
  await store('gift', 3);
  await open();
  const heads = feed.heads;
  await store('gift', 4);
  await arrived({ gift: 7 });
  const result = await recovery.recover({ room, positions: { gift: at(1) } }, feed, heads);
  assert.deepEqual(ids(result), ['gift2', 'gift3']);
  assert.deepEqual(result.positions['gift'], at(3));
  const fresh = await recovery.recover({ room, history: 50 }, feed, heads);
  assert.deepEqual(ids(fresh), named('gift', 1, 3));
});

test('a crowd that asks the same at once is one read, and a later one none', async () => {
  await store('gift', 10);
  await open();
  const crowd = await Promise.all(Array.from({ length: 100 }, (_, i) => recover({ gift: at(i % 10) })));
  for (const [i, result] of crowd.entries()) assert.deepEqual(ids(result), named('gift', (i % 10) + 1, 10));
  assert.equal(reads.length, 1);
  await store('gift', 5);
  await arrived({ gift: 15 });
  assert.deepEqual(ids(await recover({ gift: at(8) })), named('gift', 9, 15), 'what was read before and what came since, without a hole');
  assert.equal(reads.length, 1);
});

test('a read that failed is tried again by the next viewer', async () => {
  await store('gift', 2);
  await open();
  const { since } = bus.streams;
  bus.streams.since = () => Promise.reject(new Error('away'));
  await assert.rejects(recover({ gift: at(0) }), /away/);
  bus.streams.since = since;
  assert.deepEqual(ids(await recover({ gift: at(0) })), named('gift', 1, 2));
});

test('a feed that is opened again while a read for the former one is under way is read for itself', async () => {
  await store('gift', 2);
  await open();
  const { since } = bus.streams;
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  bus.streams.since = async (...args) => {
    await gate;
    return since.call(bus.streams, ...args);
  };
  const former = recover({ gift: at(0) });
  await feed.close();
  bus.streams.since = since;
  await open();
  const result = recover({ gift: at(0) });
  release();
  assert.deepEqual([ids(await result), (await result).recovered], [named('gift', 1, 2), { gift: true }]);
  await former;
});

test('a newcomer gets the last messages: gifts and then notices at most half, the rest chat', async () => {
  await store('control', 30);
  await store('gift', 30);
  await store('chat', 100);
  await open();
  assert.deepEqual(ids(await recover(undefined, 10)), [...named('gift', 26, 30), ...named('chat', 96, 100)]);
  assert.equal((await recover()).msgs.length, 50, 'the default');
  assert.deepEqual(ids(await recover(undefined, 0)), []);
  assert.deepEqual((await recover(undefined, 10)).recovered, {});
});

test('a newcomer to a quiet room gets what there is', async () => {
  await open();
  assert.deepEqual(ids(await recover()), []);
  await store('chat', 3);
  await arrived({ chat: 3 });
  assert.deepEqual(ids(await recover()), named('chat', 1, 3));
  assert.deepEqual(ids(await recover(undefined, 2)), named('chat', 2, 3));
});

test('a viewer with positions gets history only for the lanes it has none of, and only when it asks', async () => {
  await store('gift', 5);
  await store('chat', 5);
  await open();
  assert.deepEqual(ids(await recover({ gift: at(4) })), ['gift5']);
  assert.deepEqual(ids(await recover({ gift: at(4) }, 2)), ['gift5', 'chat4', 'chat5']);
  assert.deepEqual(ids(await recover({ chat: at(4, 'another') }, 4)), ['gift4', 'gift5', 'chat4', 'chat5']);
});

test('a position in a continued epoch gets the messages after the fork, and recovered is false', async () => {
  await store('gift', 5);
  await store('chat', 5);
  const survived = await bus.streams.heads(room);
  await store('gift', 5);
  const before = await bus.streams.heads(room);
  bus.goBack(room, survived);
  await bus.streams.heads(room, { known: before });
  await store('gift', 8);
  await open();
  const { epoch } = before;
  const result = await recover({ gift: at(10, epoch), control: at(0, epoch), chat: at(3, epoch) });
  assert.deepEqual([ids(result), result.recovered], [named('gift', 6, 13), { control: false, gift: false, chat: false }]);
  assert.deepEqual(result.positions['gift'], at(13));
  assert.deepEqual(ids(await recover({ gift: at(5, epoch) })), named('gift', 6, 13));
  assert.deepEqual(ids(await recover({ gift: at(3, epoch) })), named('gift', 4, 13), 'it had not seen all that survived');
  assert.deepEqual(ids(await recover({ gift: at(3, 'another') })), named('gift', 6, 13));
  assert.deepEqual(ids(await recover({ chat: at(3, epoch) }, 3)), ['gift12', 'gift13', 'chat5'], 'chat by how many it asks for');
});

test('a position in an epoch that is gone, or beyond the heads, gets all that is left of the paid lanes', async () => {
  await store('gift', 3);
  await store('chat', 3);
  await open();
  for (const gift of [at(2, 'another'), at(9)]) assert.deepEqual(ids(await recover({ gift })), named('gift', 1, 3));
  assert.deepEqual(ids(await recover({ chat: at(9) })), []);
  for (let stored = 0; stored < limits.recovery; stored += 500) await store('gift', 500);
  await arrived({ gift: 2_003 });
  assert.equal((await recover({ gift: at(1, 'another') })).msgs.length, limits.recovery);
});
