// Tests of FanOut: every viewer in the room when a frame arrives gets it once and in order, in slices, urgent frames first; the ledger
// counts the outcome of each message for each viewer.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { type BusFrame, numberedMessage } from '@danmux/bus';
import { type Lane, laneNames, type Msg } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import { FanOut } from '../../src/fan-out/fan-out.ts';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import { type EncodedFrame, encodeEvent } from '../../src/outbox/encoded-frame.ts';
import { Hub } from '../../src/room/hub.ts';
import type { Session } from '../../src/session/session.ts';
import { fakeSession } from '../fake-session.ts';

const room = 'live:1';

interface Listener {
  readonly id: string;
  readonly got: string[];
  readonly types: string[];
  readonly gaps: unknown[];
  readonly writes: { count: number };
}
type FakeSession = Session & Listener;

let runtime: Runtime;
let hub: Hub;
let fanOut: FanOut;
const sessions: FakeSession[] = [];
beforeEach(() => {
  runtime = testRuntime({ after });
  hub = new Hub();
  sessions.length = 0;
  fanOut = fanOutOf(runtime);
});
afterEach(() => fanOut.stop());

/** What was told of messages that ask for receipts. */
const receipts: unknown[] = [];
function fanOutOf(given: Runtime): FanOut {
  receipts.length = 0;
  return new FanOut(given, {
    hub,
    ledger: new DeliveryLedger(given),
    sessions: { of: (user) => sessions.filter(({ id }) => id === user) },
    receipts: {
      track: (ids, { room: where }, frame) => receipts.push(['track', ids, where, frame]),
      delivered: (where, ids, count) => receipts.push(['delivered', ids, where, count]),
    },
    hops: { add: () => {} },
  });
}

function viewer(id: string, during: (self: FakeSession) => void = () => {}): FakeSession {
  const listener: Listener = { id, got: [], types: [], gaps: [], writes: { count: 0 } };
  const deliver = (_room: string, { packets }: EncodedFrame): boolean => {
    listener.writes.count++;
    for (const packet of packets) {
      const [event, payload] = JSON.parse(packet.slice(1)) as [string, { msgs: Msg[] }];
      if (event === 'frame') {
        listener.got.push(...payload.msgs.map((msg) => msg.id));
        listener.types.push(...payload.msgs.map(({ type }) => type));
      } else listener.gaps.push(payload);
    }
    during(self);
    return true;
  };
  const self: FakeSession = fakeSession({ ...listener, deliver, recall: () => {} });
  sessions.push(self);
  return self;
}
function crowd(size: number, prefix = 'v', where = room): FakeSession[] {
  return Array.from({ length: size }, (_, i) => {
    const one = viewer(`${prefix}${i}`);
    hub.add(where, one);
    return one;
  });
}
function frame(lanes: Partial<Record<Lane, string[]>>, where = room, more: Partial<BusFrame['head']> = {}): BusFrame {
  const texts = laneNames.flatMap((lane): [Lane, string][] =>
    lanes[lane]
      ? [
          [
            lane,
            lanes[lane]
              .map((id) => numberedMessage({ room: where, lane, id, body: `{"id":"${id}","type":"x","data":1,"ts":1}`, trace: id }, undefined))
              .join(','),
          ],
        ]
      : [],
  );
  return {
    head: {
      ...{ room: where, epoch: 'e', ranges: {}, traces: [] },
      counts: Object.fromEntries(Object.entries(lanes).map(([lane, ids]) => [lane, ids.length])),
      characters: Object.fromEntries(texts.map(([lane, text]) => [lane, text.length])),
      ...more,
    },
    payload: `{"room":${JSON.stringify(where)},"msgs":[${texts.map(([, text]) => text).join(',')}]}`,
  };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
async function books(): Promise<Record<string, number>> {
  const { due, delivered, viewerShed, undeliverable } = runtime.metrics;
  const sum = async (counter: { get(): Promise<{ values: { value: number }[] }> }) => (await counter.get()).values.reduce((all, { value }) => all + value, 0);
  return { due: await sum(due), delivered: await sum(delivered), shed: await sum(viewerShed), undeliverable: await sum(undeliverable) };
}

test('a frame reaches every viewer of the room once, and nobody else', async () => {
  const all = crowd(300);
  const [stranger] = crowd(1, 's', 'elsewhere');
  fanOut.frame(frame({ chat: ['c1', 'c2'] }));
  fanOut.frame(frame({ gift: ['g1'] }));
  await eventually(() =>
    assert.ok(
      all.every(({ got }) => got.length === 3),
      'all have three',
    ),
  );
  assert.deepEqual(new Set(all.map(({ got }) => got.join())), new Set(['g1,c1,c2']));
  assert.deepEqual(stranger?.got, []);
  assert.deepEqual(await books(), { due: 900, delivered: 900, shed: 0, undeliverable: 0 });
});

test('frames that come while a room is written to are written as one', async () => {
  const all = crowd(500);
  let more = 0;
  const first = viewer('first', () => {
    while (more < 10) fanOut.frame(frame({ chat: [`m${more++}`] }));
  });
  hub.add(room, first);
  fanOut.frame(frame({ chat: ['c0'] }));
  await eventually(() => assert.deepEqual([...new Set(all.map(({ got }) => got.length))], [11]));
  for (const { got, writes } of all) {
    assert.deepEqual(got, ['c0', ...Array.from({ length: 10 }, (_, i) => `m${i}`)]);
    assert.equal(writes.count, 2);
  }
});

test('a gift passes the chat that is being written to a large room', async () => {
  const all = crowd(2_000);
  let sent = false;
  const trigger = viewer('trigger', () => {
    if (!sent) fanOut.frame(frame({ gift: ['g'] }));
    sent = true;
  });
  hub.add(room, trigger);
  fanOut.frame(frame({ chat: ['c'] }));
  await eventually(() =>
    assert.ok(
      all.every(({ got }) => got.length === 2),
      'all have both',
    ),
  );
  assert.ok(
    all.some(({ got }) => got[0] === 'g'),
    'some got the gift before the chat that was there first',
  );
});

test('between two slices others have their turn: timers fire while a large room is written to', async () => {
  crowd(3_000, 'large');
  const [small] = crowd(1, 'small', 'small room');
  const slow = { ...runtime.config, edge: { ...runtime.config.edge, slice_ms: 1 } };
  fanOut.stop();
  fanOut = fanOutOf({ ...runtime, config: slow });
  fanOut.frame(frame({ chat: ['c'] }));
  fanOut.frame(frame({ chat: ['s'] }, 'small room'));
  let waited = 0;
  while (small?.got.length === 0) {
    await turn();
    waited++;
  }
  const done = sessions.filter(({ id, got }) => id.startsWith('large') && got.length > 0).length;
  assert.ok(done < 3_000, `the small room waited for ${done} viewers of the large one, ${waited} turns`);
});

test('who joins while frames wait gets only what came after, who leaves gets nothing more', async () => {
  const all = crowd(100);
  const late = viewer('late');
  fanOut.frame(frame({ chat: ['before'] }));
  hub.add(room, late);
  fanOut.frame(frame({ chat: ['after'] }));
  const gone = all[50];
  assert.ok(gone);
  hub.remove(room, gone);
  await eventually(() =>
    assert.ok(
      [late, ...all].every((one) => one === gone || one.got.at(-1) === 'after'),
      'all have the last',
    ),
  );
  assert.deepEqual([late.got, gone.got], [['after'], []]);
  assert.deepEqual(all[0]?.got, ['before', 'after']);
  assert.deepEqual(await books(), { due: 100 + 101, delivered: 99 + 100, shed: 0, undeliverable: 2 });
});

test('who joins again while frames wait was given them with its join', async () => {
  const [ann] = crowd(1);
  assert.ok(ann);
  fanOut.frame(frame({ chat: ['replayed'] }));
  hub.add(room, ann);
  fanOut.frame(frame({ chat: ['new'] }));
  await eventually(() => assert.deepEqual(ann.got, ['new']));
});

test('a room whose last viewer left owes nobody anything', async () => {
  const [ann] = crowd(1);
  assert.ok(ann);
  fanOut.frame(frame({ gift: ['g1', 'g2'] }));
  hub.remove(room, ann);
  await turn();
  await turn();
  assert.deepEqual([ann.got, await books()], [[], { due: 2, delivered: 0, shed: 0, undeliverable: 2 }]);
});

test('a room that is entered anew does not get what waited for the old one', async () => {
  const [ann] = crowd(1);
  assert.ok(ann);
  fanOut.frame(frame({ chat: ['old'] }));
  hub.remove(room, ann);
  const [bob] = crowd(1, 'bob');
  fanOut.frame(frame({ chat: ['new'] }));
  await eventually(() => assert.deepEqual(bob?.got, ['new']));
  assert.deepEqual([ann.got, await books()], [[], { due: 2, delivered: 1, shed: 0, undeliverable: 1 }]);
});

test('more chat than can be written is dropped, oldest first, counted and told; gifts never', async () => {
  const all = crowd(10);
  const large = (id: string) => frame({ chat: [id + 'x'.repeat(100_000)] });
  for (let i = 0; i < 30; i++) fanOut.frame(large(`c${i}:`));
  for (let i = 0; i < 30; i++) fanOut.frame(frame({ gift: [`g${i}:${'x'.repeat(100_000)}`] }));
  await eventually(() =>
    assert.ok(
      all.every(({ got }) => got.at(-1)?.startsWith('c29:')),
      'the newest arrives',
    ),
  );
  const [first] = all;
  const chats = first?.got.filter((id) => id.startsWith('c')).length ?? 0;
  assert.ok(chats <= 11, `${chats} of 30 chats`);
  assert.equal(first?.got.filter((id) => id.startsWith('g')).length, 30);
  assert.deepEqual(first?.gaps, [{ room, lane: 'chat', count: 30 - chats, reason: 'overload' }]);
  const { due = 0, delivered = 0, shed = 0, undeliverable } = await books();
  assert.deepEqual([due, undeliverable], [delivered + shed, 0]);
});

test('what was dropped while a room was written to is told to everybody, not to a viewer that has just joined', async (t) => {
  // The write begins with the first viewer, so that one of those who joined meanwhile comes after the flood.
  t.mock.method(Math, 'random', () => 0);
  const all = crowd(200);
  const late = viewer('late');
  let flooded = false;
  const trigger = viewer('trigger', () => {
    if (flooded) return;
    flooded = true;
    for (let i = 0; i < 30; i++) fanOut.frame(frame({ chat: [`c${i}:${'x'.repeat(100_000)}`] }));
  });
  fanOut.frame(frame({ chat: ['first'] }));
  hub.add(room, trigger);
  hub.add(room, late);
  fanOut.frame(frame({ chat: ['second'] }));
  await eventually(() =>
    assert.ok(
      [late, ...all].every(({ got }) => got.at(-1)?.startsWith('c29:')),
      'the newest arrives',
    ),
  );
  const told = new Set([late, ...all].map(({ gaps }) => JSON.stringify(gaps)));
  assert.equal(told.size, 1, [...told].join(' and '));
  assert.equal(late.got[0], 'second');
  const { due = 0, delivered = 0, shed = 0, undeliverable = 0 } = await books();
  assert.equal(due, delivered + shed + undeliverable);
});

test('what the relay shed is told as a gap; its sender gets its own all the same, and nobody else', async () => {
  const all = crowd(3);
  const senderOnly = [['v1', '{"lane":"chat","id":"mine","type":"chat","data":1,"ts":1}']] as const;
  fanOut.frame(frame({ chat: ['c'] }, room, { shed: { chat: 7 }, senderOnly }));
  fanOut.frame(frame({}, room, { shed: { chat: 2 } }));
  await eventually(() =>
    assert.ok(
      all.every(({ got, gaps }) => got.includes('c') && gaps.length > 0),
      'all were told',
    ),
  );
  assert.deepEqual(
    all.map(({ got }) => got.includes('mine')),
    [false, true, false],
  );
  assert.deepEqual(all[0]?.gaps, [{ room, lane: 'chat', count: 9, reason: 'budget' }]);
  assert.deepEqual(await books(), { due: 3, delivered: 3, shed: 0, undeliverable: 0 });
});

test('an event follows the frames of its urgency that wait', async () => {
  const [ann] = crowd(1);
  fanOut.frame(frame({ gift: ['g'] }));
  fanOut.event(room, encodeEvent('gap', { room, lane: 'gift', count: 0, reason: 'history_lost' }));
  await eventually(() => assert.equal(ann?.gaps.length, 1));
  assert.deepEqual([ann?.got, ann?.writes.count], [['g'], 2]);
});

test('no viewer is always the last one', async () => {
  const all = crowd(64);
  const last = new Set<number>();
  for (let i = 0; i < 200; i++) {
    fanOut.frame(frame({ gift: [`g${i}`] }));
    const order: number[] = [];
    for (const [index, one] of all.entries()) (one as { deliver: Session['deliver'] }).deliver = () => order.push(index) > 0;
    await eventually(() => assert.equal(order.length, 64));
    last.add(order.at(-1) ?? -1);
  }
  assert.ok(last.size > 20, `${last.size} different viewers were last in 200 frames`);
});

test('what was taken back and is not written yet is not written; who had it keeps what follows', async () => {
  const all = crowd(300);
  const late = viewer('late');
  let recalled = false;
  const trigger = viewer('trigger', () => {
    if (recalled) return;
    recalled = true;
    fanOut.frame(frame({ chat: ['waits', 'stays'] }));
    fanOut.recalled(room, new Set(['half', 'waits']));
    fanOut.frame(frame({ control: ['recall'] }));
  });
  hub.add(room, trigger);
  fanOut.frame(frame({ chat: ['half', 'whole'] }));
  hub.add(room, late);
  fanOut.frame(frame({ chat: ['half', 'second'] }));
  await eventually(() =>
    assert.ok(
      [late, ...all].every(({ got }) => got.includes('stays')),
      'all have the last',
    ),
  );
  const seen = all.map(({ got, types }) => got.filter((id, index) => (id === 'half' || id === 'waits') && types[index] !== 'recalled'));
  assert.ok(
    seen.some((ids) => ids.length > 0),
    'some were written to before',
  );
  for (const { got, types } of [late, ...all]) {
    const shownAfter = got.filter((_, index) => index > got.indexOf('recall') && types[index] !== 'recalled');
    assert.ok(!shownAfter.includes('half') && !shownAfter.includes('waits'), shownAfter.join());
    assert.ok(got.includes('stays') && got.includes('second'), got.join());
  }
  const { due = 0, delivered = 0, undeliverable } = await books();
  assert.deepEqual([due, undeliverable], [delivered, 0]);
});

test('messages that ask for receipts are counted for those who were written to', async () => {
  const all = crowd(40);
  fanOut.frame(frame({ gift: ['g'] }, room, { receipts: ['g'] }));
  const gone = all[3];
  assert.ok(gone);
  hub.remove(room, gone);
  fanOut.frame(frame({ chat: ['c'] }));
  await eventually(() => assert.equal(receipts.length, 2));
  assert.deepEqual(receipts, [
    ['track', ['g'], room, 1],
    ['delivered', ['g'], room, 39],
  ]);
});
