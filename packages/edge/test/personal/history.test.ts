// Tests of PersonalHistory on a memory bus that counts reads: only the user's own messages count as missed, and all users share one read.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { type Bus, createBus, type Lease, shardLease, shardOf, userRoomHistory, userRoomOf } from '@danmux/bus';
import { limits } from '@danmux/protocol';
import { eventually, testConfig, testRuntime } from '@danmux/testkit/unit';
import { RoomFeed } from '../../src/feed/room-feed.ts';
import { PersonalHistory } from '../../src/personal/history.ts';

const room = userRoomOf('ann');
const config = testConfig();

let now: number;
let bus: Bus & { wipe(): void };
let lease: Lease;
let reads: string[];
let feed: RoomFeed;
let history: PersonalHistory;
beforeEach(async () => {
  now = 1_000_000;
  reads = [];
  const runtime = testRuntime({ after }, {}, { role: 'edge', clock: { now: () => now } });
  bus = createBus(runtime) as Bus & { wipe(): void };
  const { since } = bus.streams;
  bus.streams.since = (...asked) => {
    reads.push(asked.slice(2, 4).join('-'));
    return since.apply(bus.streams, asked);
  };
  lease = (await bus.leases.acquire(shardLease(shardOf(room, config.shards)), 'me', 600_000)) ?? assert.fail();
  feed = new RoomFeed(runtime, bus, room, { frame: () => {}, gap: () => {}, recalled: () => {} });
  history = new PersonalHistory(runtime, bus, feed);
});
afterEach(() => feed.close());

/** Stores a message for each of these users, and tells the edges or not. */
async function store(users: readonly string[], tell = false): Promise<void> {
  const heads = await bus.streams.heads(room);
  const first = heads.offsets.control + 1;
  const msgs = users.map(
    (to, index) => `{"lane":"control","offset":${first + index},"id":"m${first + index}","type":"x","data":1,"to":${JSON.stringify(to)},"ts":1}`,
  );
  const ranges = { control: [first, first + users.length - 1] as const };
  const head = { room, epoch: heads.epoch, ranges, counts: { control: users.length }, characters: {}, traces: [], to: [...users] };
  const frame = tell ? { head, payload: `{"room":"${room}","msgs":[${msgs.join(',')}]}` } : null;
  assert.deepEqual(await bus.streams.commit({ room, lease, expected: heads, messages: { control: msgs }, entries: {}, frame, counts: {} }), { ok: true });
}
const others = (count: number) => Array.from({ length: count }, (_, index) => `u${index % 700}`);
async function missed(offset: number, user = 'ann', epoch = feed.heads.epoch) {
  const { msgs, recovered, positions } = await history.missed(user, { control: { epoch, offset } }, feed.heads);
  return { ids: msgs.map(({ id }) => id), recovered: recovered.control, upTo: positions.control?.offset };
}

test('more messages of others than may be replayed are read in pages, and one’s own given', async () => {
  await store(['ann', ...others(2_500), 'ann', ...others(1_000), 'ann']);
  await feed.open();
  assert.deepEqual(await missed(0), { ids: ['m1', 'm2502', 'm3503'], recovered: true, upTo: 3_503 });
  assert.deepEqual(reads.splice(0), ['3003-3503', '2503-3003', '2003-2503', '1503-2003', '1003-1503', '503-1003', '3-503', '0-3']);
  assert.deepEqual(await missed(1), { ids: ['m2502', 'm3503'], recovered: true, upTo: 3_503 });
  assert.equal((await missed(100, 'u1')).ids.length, 5);
  assert.deepEqual(reads, [], 'what was read is not read again');
});

test('a crowd causes one read; newer messages are read besides, and all again half a minute later', async () => {
  await store(['ann', ...others(10)]);
  await feed.open();
  const all = await Promise.all(Array.from({ length: 50 }, (_, index) => missed(0, index === 0 ? 'ann' : `u${index}`)));
  assert.deepEqual([all[0]?.ids, all[3]?.ids, all.every(({ recovered }) => recovered)], [['m1'], ['m5'], true]);
  assert.deepEqual(reads.splice(0), ['0-11']);
  await store(['ann']);
  feed.resumed();
  await eventually(() => assert.equal(feed.heads.offsets.control, 12));
  reads.length = 0;
  assert.deepEqual((await missed(0)).ids, ['m1', 'm12']);
  assert.deepEqual(reads.splice(0), ['11-12']);
  now += 30_001;
  assert.deepEqual((await missed(0)).ids, ['m1', 'm12']);
  assert.deepEqual(reads, ['0-12']);
});

test('messages that passed this edge are not read from Redis', async () => {
  await store(others(5));
  await feed.open();
  await store(['ann', ...others(2_500)], true);
  await store(['ann', 'bob', 'ann'], true);
  await eventually(() => assert.equal(feed.heads.offsets.control, 2_509));
  assert.deepEqual(await missed(5), { ids: ['m6', 'm2507', 'm2509'], recovered: true, upTo: 2_509 });
  assert.deepEqual((await missed(2_507)).ids, ['m2509']);
  assert.deepEqual(reads, []);
  assert.equal((await missed(4)).recovered, true);
  assert.equal(reads.length, 6);
});

test('a user with more personal messages than may be replayed gets `recovered: false`, from Redis and from the replay', async () => {
  await store(Array.from({ length: limits.recovery + 1 }, () => 'ann'));
  await feed.open();
  assert.deepEqual([await missed(0), (await missed(1)).ids.length], [{ ids: [], recovered: false, upTo: limits.recovery + 1 }, limits.recovery]);
  await store(
    Array.from({ length: limits.recovery + 1 }, () => 'ann'),
    true,
  );
  await eventually(() => assert.equal(feed.heads.offsets.control, 2 * limits.recovery + 2));
  reads.length = 0;
  assert.deepEqual([(await missed(limits.recovery + 1)).recovered, (await missed(limits.recovery + 2)).ids.length], [false, limits.recovery]);
  assert.deepEqual(reads, []);
});

test('further back than the room keeps nothing is read; nor for another epoch, or a position ahead', async () => {
  await store(others(userRoomHistory));
  await store(['ann']);
  await feed.open();
  for (const [offset, epoch] of [[0], [5, 'another'], [userRoomHistory + 2]] as const)
    assert.equal((await missed(offset, 'ann', epoch ?? feed.heads.epoch)).recovered, false, `${offset} ${epoch}`);
  assert.deepEqual(reads, []);
  const { ids, recovered } = await missed(1);
  assert.deepEqual([ids, recovered, reads.length], [[`m${userRoomHistory + 1}`], true, userRoomHistory / 500]);
});

test('after Redis came back empty nothing is recovered', async () => {
  await store(['ann', 'bob']);
  await feed.open();
  bus.wipe();
  lease = (await bus.leases.acquire(shardLease(shardOf(room, config.shards)), 'me', 600_000)) ?? assert.fail();
  await store(['ann', 'ann']);
  assert.deepEqual([(await missed(0)).ids, (await missed(0)).recovered], [[], false]);
});

test('a failed read rejects its callers, and the next one is made', async () => {
  await store(['ann']);
  await feed.open();
  const { since } = bus.streams;
  bus.streams.since = async () => {
    throw new Error('away');
  };
  const outcomes = await Promise.allSettled([missed(0), missed(0)]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  bus.streams.since = since;
  assert.deepEqual((await missed(0)).ids, ['m1']);
});
