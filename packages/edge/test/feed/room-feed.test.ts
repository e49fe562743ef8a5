// Tests of RoomFeed: holes are filled from history before later frames are delivered, and lost messages are reported as a gap.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import type { BusFrame } from '@danmux/bus';
import type { Gap } from '@danmux/protocol';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import { RoomFeed } from '../../src/feed/room-feed.ts';
import { LossyBus } from './lossy-bus.ts';

let feeds: RoomFeed[] = [];
afterEach(async () => {
  await Promise.all(feeds.map((feed) => feed.close()));
  feeds = [];
});

async function openFeed(bus: LossyBus) {
  const ids: string[] = [];
  const gaps: Gap[] = [];
  const taken: string[] = [];
  const frames: BusFrame[] = [];
  const output = {
    frame: (frame: BusFrame) => {
      frames.push(frame);
      ids.push(...(JSON.parse(frame.payload) as { msgs: { id: string }[] }).msgs.map(({ id }) => id));
    },
    gap: (gap: Gap) => void gaps.push(gap),
    recalled: (_room: string, recalled: ReadonlySet<string>) => void taken.push(...recalled),
  };
  const feed = new RoomFeed(testRuntime({ after }), bus.asBus(), 'r', output);
  feeds.push(feed);
  await feed.open();
  return { feed, ids, gaps, frames, taken };
}

const numbered = (lane: string, from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `${lane}${from + index}`);

test('passes frames on at once while nothing is missing', async () => {
  const bus = new LossyBus();
  const { feed, ids } = await openFeed(bus);
  bus.commit('gift', 2);
  bus.commit('chat', 1);
  assert.deepEqual(ids, ['gift1', 'gift2', 'chat1']);
  assert.deepEqual(feed.heads.offsets, { control: 0, gift: 2, chat: 1 });
});

test('begins at the heads of the store; messages committed before are not sent again', async () => {
  const bus = new LossyBus();
  bus.commit('gift', 5);
  const { feed, ids } = await openFeed(bus);
  assert.equal(feed.heads.offsets.gift, 5);
  bus.commit('gift', 1);
  assert.deepEqual(ids, ['gift6']);
});

test('a frame that was known already is dropped', async () => {
  const bus = new LossyBus();
  const { ids } = await openFeed(bus);
  bus.commit('gift', 1);
  bus.subscriber?.frame({
    head: { room: 'r', epoch: 'e1', ranges: { gift: [1, 1] }, counts: { gift: 1 }, characters: {}, traces: [] },
    payload: '{"room":"r","msgs":[{"id":"double"}]}',
  });
  assert.deepEqual(ids, ['gift1']);
});

test('the shed counts of a frame are passed on although its messages are known already', async () => {
  const bus = new LossyBus();
  const { frames } = await openFeed(bus);
  bus.commit('gift', 1);
  const senderOnly = [['ann', '{"id":"mine"}']] as const;
  bus.subscriber?.frame({
    head: { room: 'r', epoch: 'e1', ranges: { gift: [1, 1] }, counts: { gift: 1 }, characters: {}, traces: [], shed: { chat: 7 }, senderOnly },
    payload: '{"room":"r","msgs":[{"id":"double"}]}',
  });
  assert.deepEqual(
    frames.map(({ head, payload }) => [head.shed, head.senderOnly, payload.includes('double')]),
    [
      [undefined, undefined, false],
      [{ chat: 7 }, senderOnly, false],
    ],
  );
});

test('a lost frame is read from history before the next ones are passed on', async () => {
  const bus = new LossyBus();
  const { ids, gaps } = await openFeed(bus);
  bus.commit('gift', 1);
  bus.commit('gift', 3, true);
  bus.commit('gift', 1);
  bus.commit('chat', 1);
  await eventually(() => assert.deepEqual(ids, [...numbered('gift', 1, 5), 'chat1']));
  assert.deepEqual(gaps, []);
});

test('a failing read is tried again, and nothing is passed on past the hole meanwhile', async () => {
  const bus = new LossyBus();
  const { ids } = await openFeed(bus);
  bus.failures = 3;
  bus.commit('gift', 2, true);
  bus.commit('gift', 1);
  assert.deepEqual(ids, []);
  await eventually(() => assert.deepEqual(ids, numbered('gift', 1, 3)));
});

test('past the cap of queued frames the messages come from history, and shed counts and sender-only messages are kept', async () => {
  const bus = new LossyBus();
  const { ids, frames } = await openFeed(bus);
  bus.failures = Number.POSITIVE_INFINITY;
  bus.commit('chat', 1, true);
  for (let offset = 2; offset <= 1_101; offset++) {
    bus.commit('chat', 1, true);
    const shed = { chat: 2 };
    const senderOnly = [['ann', `{"id":"own${offset}"}`]] as const;
    bus.subscriber?.frame({
      head: { room: 'r', epoch: 'e1', ranges: { chat: [offset, offset] }, counts: { chat: 1 }, characters: {}, traces: [], shed, senderOnly },
      payload: `{"room":"r","msgs":[{"id":"chat${offset}"}]}`,
    });
  }
  assert.deepEqual(ids, []);
  bus.failures = 0;
  bus.subscriber?.resumed();
  await eventually(() => {
    assert.deepEqual(ids, numbered('chat', 1, 1_101));
    assert.equal(
      frames.reduce((sum, { head }) => sum + (head.shed?.chat ?? 0), 0),
      2_200,
    );
  });
  const own = frames.flatMap(({ head }) => head.senderOnly ?? []).map(([, text]) => (JSON.parse(text) as { id: string }).id);
  assert.deepEqual([own.length >= 500, new Set(own).size === own.length, own.at(-1)], [true, true, 'own1101']);
});

test('after an interruption it reads the heads and recovers the missed messages', async () => {
  const bus = new LossyBus();
  const { ids } = await openFeed(bus);
  bus.commit('gift', 700, true);
  bus.commit('chat', 2, true);
  bus.subscriber?.resumed();
  await eventually(() => assert.deepEqual(ids, [...numbered('gift', 1, 700), ...numbered('chat', 1, 2)]));
});

test('messages that history no longer has are reported as a gap', async () => {
  const bus = new LossyBus();
  const { ids, gaps } = await openFeed(bus);
  bus.commit('chat', 10, true);
  for (let offset = 1; offset <= 6; offset++) bus.stored.delete(`chat ${offset}`);
  bus.commit('chat', 1);
  await eventually(() => assert.deepEqual(ids, numbered('chat', 7, 11)));
  assert.deepEqual(gaps, [{ room: 'r', lane: 'chat', count: 6, reason: 'history_trimmed' }]);
});

test('a new epoch is reported as a gap, and its messages are delivered from the first', async () => {
  const bus = new LossyBus();
  const { feed, ids, gaps } = await openFeed(bus);
  bus.commit('gift', 3);
  bus.wipe('e2');
  bus.commit('gift', 1);
  await eventually(() => assert.deepEqual(ids, ['gift1', 'gift2', 'gift3', 'e2:gift1']));
  assert.deepEqual(
    gaps,
    ['control', 'gift', 'chat'].map((lane) => ({ room: 'r', lane, count: 0, reason: 'history_lost', position: { epoch: 'e2', offset: 0 } })),
  );
  assert.equal(feed.heads.epoch, 'e2');
});

test('more frames than may wait behind a hole are read from history too, in order', async () => {
  const bus = new LossyBus();
  const { ids } = await openFeed(bus);
  bus.failures = 2;
  bus.commit('gift', 1, true);
  for (let i = 0; i < 1_200; i++) bus.commit('gift', 1);
  await eventually(() => assert.equal(ids.length, 1_201));
  assert.deepEqual(ids, numbered('gift', 1, 1_201));
});

test('a frame that was lost and followed by none is noticed at the second pulse', async () => {
  const bus = new LossyBus();
  const { feed, ids } = await openFeed(bus);
  bus.commit('gift', 1);
  bus.commit('gift', 2, true);
  const pulse = () => feed.pulse({ epoch: bus.epoch, offsets: { ...bus.offsets } });
  pulse();
  assert.deepEqual(ids, ['gift1'], 'it may still be on its way');
  pulse();
  await eventually(() => assert.deepEqual(ids, numbered('gift', 1, 3)));
});

test('a pulse that is a little ahead of the frames reads nothing', async () => {
  const bus = new LossyBus();
  const { feed, ids } = await openFeed(bus);
  bus.failures = Number.POSITIVE_INFINITY;
  for (let i = 1; i <= 10; i++) {
    feed.pulse({ epoch: bus.epoch, offsets: { ...bus.offsets, gift: bus.offsets.gift + 1 } });
    bus.commit('gift', 1);
  }
  assert.deepEqual(ids, numbered('gift', 1, 10));
});

test('frames queued behind a hole when history is lost are delivered first, and none of the new epoch twice', async () => {
  const bus = new LossyBus();
  const { feed, ids, gaps } = await openFeed(bus);
  bus.failures = 1;
  bus.commit('gift', 1, true);
  bus.commit('gift', 1);
  bus.wipe('e2');
  bus.commit('gift', 3);
  bus.subscriber?.resumed();
  await eventually(() => assert.equal(ids.at(-1), 'e2:gift3'));
  bus.commit('gift', 1);
  await eventually(() => assert.equal(ids.at(-1), 'e2:gift4'));
  assert.deepEqual(ids, ['gift2', 'e2:gift1', 'e2:gift2', 'e2:gift3', 'e2:gift4']);
  assert.equal(feed.heads.epoch, 'e2');
  assert.equal(gaps.filter(({ reason }) => reason === 'history_lost').length, 3, 'one epoch began, for three lanes');
});

test('messages recalled before a rollback are recalled again, because the store may have them again', async () => {
  const bus = new LossyBus();
  const { ids } = await openFeed(bus);
  bus.commit('gift', 2);
  const told = { room: 'r', epoch: bus.epoch, ranges: {}, counts: {}, characters: {}, traces: [], recalls: ['gift1'] };
  bus.subscriber?.frame({ head: told, payload: '{"room":"r","msgs":[]}' });
  assert.deepEqual([ids, bus.recalls], [numbered('gift', 1, 2), []]);
  bus.epoch = 'e2';
  bus.subscriber?.resumed();
  await eventually(() => assert.deepEqual(bus.recalls, ['gift1']));
});

test('a hole is not filled with messages of another epoch', async () => {
  const bus = new LossyBus();
  const { ids } = await openFeed(bus);
  let wiped = false;
  bus.onSince = () => {
    if (wiped) return;
    wiped = true;
    bus.wipe('e2');
    bus.commit('gift', 2, true);
  };
  bus.commit('gift', 1, true);
  bus.commit('gift', 1);
  await eventually(() => assert.equal(ids.at(-1), 'e2:gift2'));
  assert.deepEqual(ids, ['gift2', 'e2:gift1', 'e2:gift2']);
});

test('a feed that was closed tries nothing more and gives nothing more', async () => {
  const bus = new LossyBus();
  const { feed, ids } = await openFeed(bus);
  const reads: string[] = [];
  let fail = () => {};
  bus.onSince = () => {
    reads.push('since');
    return new Promise((_, reject) => {
      fail = () => reject(new Error('away'));
    });
  };
  bus.commit('gift', 1, true);
  bus.commit('gift', 1);
  assert.deepEqual(reads, ['since']);
  await feed.close();
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  fail();
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(timers(), before, 'no timer for another try');
  bus.commit('gift', 1);
  assert.deepEqual([ids, reads, bus.closed], [[], ['since'], 1]);
});

test('a feed closed while it opens leaves no subscription behind, and does not open', async () => {
  const bus = new LossyBus();
  let subscribed = () => {};
  bus.subscribing = new Promise((resolve) => {
    subscribed = resolve;
  });
  const opening = openFeed(bus);
  const [feed] = feeds;
  await feed?.close();
  subscribed();
  await assert.rejects(opening, { code: 'unavailable' });
  assert.equal(bus.closed, 1);
});

test('a recall takes the message out of the replay and of frames that come after it', async () => {
  const bus = new LossyBus();
  const { feed, frames, taken } = await openFeed(bus);
  bus.commit('chat', 2);
  const recall: BusFrame = {
    head: { room: 'r', epoch: 'e1', ranges: {}, counts: {}, characters: {}, traces: [], recalls: ['chat1', 'chat4'] },
    payload: '{"room":"r","msgs":[]}',
  };
  bus.subscriber?.frame(recall);
  assert.deepEqual(taken, ['chat1', 'chat4']);
  bus.commit('chat', 2);
  const types = (JSON.parse(frames.at(-1)?.payload ?? '') as { msgs: { id: string; type?: string }[] }).msgs.map(({ id, type }) => [id, type]);
  assert.deepEqual(types, [
    ['chat3', undefined],
    ['chat4', 'recalled'],
  ]);
  assert.deepEqual(
    feed.replay.since('chat', 0, 4)?.map(({ id, type }) => [id, type]),
    [['chat1', 'recalled'], ['chat2', undefined], ...types],
  );
});

test('the recalls and receipts of a lost frame are read from its messages', async () => {
  const bus = new LossyBus();
  const { frames, taken } = await openFeed(bus);
  bus.commit('gift', 1);
  bus.commit('gift', 2, true);
  bus.stored.set('gift 2', '{"lane":"control","offset":2,"id":"asks","type":"gift","data":{"text":"\\"receipt\\":true"},"receipt":true,"ts":1}');
  bus.stored.set('gift 3', '{"lane":"control","offset":3,"id":"says","type":"gift","data":{"receipt":true},"ts":1}');
  bus.commit('gift', 1);
  await eventually(() => assert.equal(frames.length, 3));
  assert.deepEqual(frames[1]?.head.receipts, ['asks']);
  assert.equal(frames[2]?.head.receipts, undefined);
  assert.deepEqual(taken, []);
});
