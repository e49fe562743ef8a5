// Tests of a feed whose store lost recent writes, on a memory bus: the room continues in a new epoch after the last message that survived,
// no message is delivered twice, and positions given by a viewer start no new epoch.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import type { MemoryBus } from '@danmux/bus';
import { type BusFrame, createBus, type Heads, type Lease, shardLease, shardOf } from '@danmux/bus';
import type { Frame, Gap, Msg, StreamLane } from '@danmux/protocol';
import { eventually, testConfig, testRuntime } from '@danmux/testkit/unit';
import { RoomFeed } from '../../src/feed/room-feed.ts';

const room = 'live:1';
const config = testConfig();

let now: number;
let bus: MemoryBus;
let lease: Lease;
let feed: RoomFeed;
let told: string[];
let gaps: Gap[];
let frames: BusFrame[];
let reads: number;
beforeEach(async () => {
  now = 1_000_000;
  [told, gaps, frames, reads] = [[], [], [], 0];
  const runtime = testRuntime({ after }, {}, { role: 'edge', clock: { now: () => now } });
  bus = createBus(runtime) as MemoryBus;
  lease = (await bus.leases.acquire(shardLease(shardOf(room, config.shards)), 'me', 600_000)) ?? assert.fail();
  feed = new RoomFeed(runtime, bus, room, {
    frame: (frame) => {
      frames.push(frame);
      told.push(...(JSON.parse(frame.payload) as Frame).msgs.map(({ id }) => id));
    },
    gap: (gap) => {
      gaps.push(gap);
      if (gap.lane === 'gift') told.push(`gap ${gap.position?.offset}`);
    },
    recalled: () => {},
  });
  await feed.open();
  const { heads } = bus.streams;
  bus.streams.heads = async (...asked) => {
    reads++;
    return heads.apply(bus.streams, asked);
  };
});
afterEach(() => feed.close());

function frameOf(heads: Heads, lane: StreamLane, ids: readonly string[]): { frame: BusFrame; msgs: string[] } {
  const first = heads.offsets[lane] + 1;
  const msgs = ids.map((id, index) => `{"lane":"${lane}","offset":${first + index},"id":"${id}","type":"x","data":{"price":1.10},"ts":1}`);
  const text = msgs.join(',');
  return {
    msgs,
    frame: {
      head: {
        ...{ room, epoch: heads.epoch, ranges: { [lane]: [first, first + ids.length - 1] }, counts: { [lane]: ids.length } },
        ...{ characters: { [lane]: text.length }, receipts: [...ids], traces: ids.map((id): [string, string] => [id, 't']) },
      },
      payload: `{"room":"${room}","msgs":[${text}]}`,
    },
  };
}

/** As a relay commits; `lose` loses the frame. */
async function commit(ids: readonly string[], { lane = 'gift' as StreamLane, lose = false } = {}): Promise<Heads> {
  const heads = await bus.streams.heads(room);
  const { frame, msgs } = frameOf(heads, lane, ids);
  const result = await bus.streams.commit({ room, lease, expected: heads, messages: { [lane]: msgs }, entries: {}, frame: lose ? null : frame, counts: {} });
  assert.deepEqual(result, { ok: true });
  return bus.streams.heads(room);
}
const arrived = (...ids: string[]) => eventually(() => assert.deepEqual(told, ids));
/** As a relay that saw the store further begins an epoch. */
const fork = (known: Heads) => bus.streams.heads(room, { known });

test('a relay began a new epoch: the feed continues after the surviving messages, and reports the position', async () => {
  const survived = await commit(['a1', 'a2']);
  const before = await commit(['b1', 'b2', 'b3']);
  bus.goBack(room, survived);
  const { epoch } = await fork(before);
  await commit(['c1', 'c2', 'c3', 'c4']);
  await arrived('a1', 'a2', 'b1', 'b2', 'b3', 'gap 2', 'c1', 'c2', 'c3', 'c4');
  assert.deepEqual(
    gaps.map(({ lane, reason, position }) => [lane, reason, position]),
    [
      ['control', 'history_lost', { epoch, offset: 0 }],
      ['gift', 'history_lost', { epoch, offset: 2 }],
      ['chat', 'history_lost', { epoch, offset: 0 }],
    ],
  );
  assert.equal(feed.heads.offsets.gift, 6);
});

test('a feed that had not seen all that survived reads it first', async () => {
  await commit(['a1']);
  const before = await commit(['a2', 'a3'], { lose: true });
  await commit(['b1'], { lose: true });
  bus.goBack(room, before);
  await fork({ ...before, offsets: { ...before.offsets, gift: 4 } });
  await commit(['c1']);
  await arrived('a1', 'gap 1', 'a2', 'a3', 'c1');
});

test('the store goes on in the old epoch, with nobody left who saw it further: the pulse shows it, and so does a connection that comes back', async () => {
  for (const noticed of ['pulse', 'resumed'] as const) {
    const survived = await bus.streams.heads(room);
    const before = await commit([`${noticed}-lost`]);
    await eventually(() => assert.equal(feed.heads.offsets.gift, before.offsets.gift));
    feed.pulse(before);
    bus.goBack(room, survived);
    if (noticed === 'pulse') feed.pulse(survived);
    else feed.resumed();
    await eventually(() => assert.notEqual(feed.heads.epoch, before.epoch));
    await commit([noticed]);
    await eventually(() => assert.equal(told.at(-1), noticed));
  }
  assert.deepEqual(told, ['pulse-lost', 'gap 0', 'pulse', 'resumed-lost', 'gap 1', 'resumed']);
});

test('a pulse that was read before the newest frames came is no sign of anything', async () => {
  const before = await commit(['a1']);
  await arrived('a1');
  feed.pulse(before);
  await commit(['a2']);
  await arrived('a1', 'a2');
  reads = 0;
  feed.pulse(before);
  assert.equal(reads, 0);
});

test('a hole is not reported as trimmed after a rollback of the store', async () => {
  const survived = await commit(['a1']);
  await arrived('a1');
  await commit(['b1'], { lose: true });
  const before = await bus.streams.heads(room);
  const { frame } = frameOf(before, 'gift', ['b2']);
  bus.goBack(room, survived);
  feed.frame(frame);
  await eventually(() => assert.notEqual(feed.heads.epoch, before.epoch));
  await commit(['c1']);
  await eventually(() => assert.equal(told.at(-1), 'c1'));
  assert.deepEqual(told, ['a1', 'b2', 'gap 1', 'c1']);
  assert.ok(gaps.every(({ reason }) => reason === 'history_lost'));
});

test('what was passed on lately is not passed on again, whatever offset it comes back under; counts, receipts and digits stay right', async () => {
  const survived = await commit(['a1']);
  const before = await commit(['b1', 'b2']);
  await arrived('a1', 'b1', 'b2');
  bus.goBack(room, survived);
  await fork(before);
  feed.resumed();
  await eventually(() => assert.notEqual(feed.heads.epoch, before.epoch));
  // What waited in the ingress came back with the store.
  await commit(['b1', 'c1', 'b2']);
  await commit(['b1']);
  await commit(['c2']);
  await arrived('a1', 'b1', 'b2', 'gap 1', 'c1', 'c2');
  const shown = frames.find(({ payload }) => payload.includes('"c1"')) ?? assert.fail();
  const text = `{"lane":"gift","offset":3,"id":"c1","type":"x","data":{"price":1.10},"ts":1}`;
  assert.equal(shown.payload, `{"room":"${room}","msgs":[${text}]}`);
  const { counts, characters, receipts, traces, ranges } = shown.head;
  assert.deepEqual([counts, characters, receipts, traces, ranges], [{ gift: 1 }, { gift: text.length }, ['c1'], [['c1', 't']], { gift: [2, 4] }]);
  assert.deepEqual(
    feed.replay.since('gift', 1, 6)?.map(({ id }) => id),
    ['b1', 'c1', 'b2', 'b1', 'c2'],
    'who comes back may not have had them',
  );
});

test('an id is remembered as long as the replay would have kept it, over two epochs', async () => {
  const empty = await bus.streams.heads(room);
  const first = await commit(['b1']);
  await arrived('b1');
  for (const before of [first, undefined]) {
    const known = before ?? (await commit(['x']));
    await eventually(() => assert.equal(feed.heads.offsets.gift, known.offsets.gift));
    bus.goBack(room, { ...known, offsets: empty.offsets });
    await fork(known);
    feed.resumed();
    await eventually(() => assert.notEqual(feed.heads.epoch, known.epoch));
  }
  await commit(['b1', 'c1']);
  await arrived('b1', 'gap 0', 'x', 'gap 0', 'c1');
  now += 150_001;
  await commit(['b1']);
  await eventually(() => assert.equal(told.at(-1), 'b1'));
});

test('a frame of an epoch that ended comes too late, and one of an epoch that the store does not know holds up nothing for long', async () => {
  const survived = await commit(['a1']);
  const before = await commit(['b1']);
  await arrived('a1', 'b1');
  bus.goBack(room, survived);
  await fork(before);
  feed.resumed();
  await eventually(() => assert.notEqual(feed.heads.epoch, before.epoch));
  feed.frame(frameOf(before, 'gift', ['late']).frame);
  feed.frame(frameOf({ ...before, epoch: 'strange' }, 'gift', ['strange']).frame);
  await commit(['c1']);
  await arrived('a1', 'b1', 'gap 1', 'c1');
  assert.equal((await bus.streams.heads(room)).epoch, feed.heads.epoch);
});

test('a viewer whose position is ahead of Redis forks nothing, and causes one check a second', async () => {
  const { epoch } = await commit(['a1']);
  await arrived('a1');
  reads = 0;
  const far = { gift: { epoch, offset: 99 } };
  await Promise.all(Array.from({ length: 20 }, () => feed.reach(far)));
  await feed.reach({ gift: { epoch: 'forged', offset: 1 } });
  await feed.reach({ gift: { epoch, offset: 1 } });
  assert.deepEqual([reads, (await bus.streams.heads(room)).epoch], [1, epoch]);
});

test('a viewer that is further than this edge finds it there when it is let in', async () => {
  await commit(['a1'], { lose: true });
  const { epoch } = await bus.streams.heads(room);
  await feed.reach({ gift: { epoch, offset: 1 } });
  assert.equal(feed.heads.offsets.gift, 1);
});

test('a bulk recall of the old epoch does not hide new messages that got the offsets of recalled ones', async () => {
  const survived = await commit(['a1']);
  const before = await commit(['a2', 'a3']);
  await arrived('a1', 'a2', 'a3');
  bus.goBack(room, survived);
  const positions = { gift: { epoch: before.epoch, offset: 3 } };
  const text = `{"lane":"control","offset":1,"id":"r","type":"recall","data":${JSON.stringify({ all: true, positions })},"ts":1}`;
  feed.frame({
    head: { room, epoch: before.epoch, ranges: { control: [1, 1] }, counts: { control: 1 }, characters: {}, traces: [] },
    payload: `{"room":"${room}","msgs":[${text}]}`,
  });
  await fork(before);
  await commit(['c2', 'c3']);
  await arrived('a1', 'a2', 'a3', 'r', 'gap 1', 'c2', 'c3');
  const stored = (await bus.streams.since(room, 'gift', 0, 3, 9)).map((one) => JSON.parse(one) as Msg);
  assert.deepEqual(
    feed.withoutRecalled(stored).map(({ id, type }) => [id, type]),
    [
      ['a1', 'recalled'],
      ['c2', 'x'],
      ['c3', 'x'],
    ],
  );
});
