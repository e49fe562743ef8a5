// Tests of FanOut: every viewer in the room when a frame arrives gets it once and in order, in slices, urgent frames first; the ledger
// counts the outcome of each message for each viewer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from '@danmux/testkit/unit';
import { encodeEvent } from '../../src/outbox/encoded-frame.ts';
import type { Session } from '../../src/session/session.ts';
import { frame, openFanOut, room } from './open-fan-out.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a frame reaches every viewer of the room once, and no other viewer', async (context) => {
  const { fanOut, crowd, books } = openFanOut(context);
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

test('frames that come while a room is written to are written as one', async (context) => {
  const { hub, fanOut, viewer, crowd } = openFanOut(context);
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

test('a gift passes the chat that is being written to a large room', async (context) => {
  const { hub, fanOut, viewer, crowd } = openFanOut(context);
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

test('between two slices others have their turn: timers fire while a large room is written to', async (context) => {
  const { sessions, fanOut, crowd } = openFanOut(context, { 'edge.slice_ms': 1 });
  crowd(3_000, 'large');
  const [small] = crowd(1, 'small', 'small room');
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

test('a viewer that joins while frames are queued gets only later ones; a viewer that leaves gets nothing more', async (context) => {
  const { hub, fanOut, viewer, crowd, books } = openFanOut(context);
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

test('a viewer that joins again while frames are queued got them with the reply of its join', async (context) => {
  const { hub, fanOut, crowd } = openFanOut(context);
  const [ann] = crowd(1);
  assert.ok(ann);
  fanOut.frame(frame({ chat: ['replayed'] }));
  hub.add(room, ann);
  hub.sessionsIn(room)?.endRepeat(ann, true);
  fanOut.frame(frame({ chat: ['new'] }));
  await eventually(() => assert.deepEqual(ann.got, ['new']));
});

test('the queued frames of a room whose last viewer left are undeliverable', async (context) => {
  const { hub, fanOut, crowd, books } = openFanOut(context);
  const [ann] = crowd(1);
  assert.ok(ann);
  fanOut.frame(frame({ gift: ['g1', 'g2'] }));
  hub.remove(room, ann);
  await turn();
  await turn();
  assert.deepEqual([ann.got, await books()], [[], { due: 2, delivered: 0, shed: 0, undeliverable: 2 }]);
});

test('a viewer of a reopened room does not get frames queued for earlier viewers', async (context) => {
  const { hub, fanOut, crowd, books } = openFanOut(context);
  const [ann] = crowd(1);
  assert.ok(ann);
  fanOut.frame(frame({ chat: ['old'] }));
  hub.remove(room, ann);
  const [bob] = crowd(1, 'bob');
  fanOut.frame(frame({ chat: ['new'] }));
  await eventually(() => assert.deepEqual(bob?.got, ['new']));
  assert.deepEqual([ann.got, await books()], [[], { due: 2, delivered: 1, shed: 0, undeliverable: 1 }]);
});

test('more chat than can be written is shed, oldest first, counted and reported as a gap; gifts never', async (context) => {
  const { fanOut, crowd, books } = openFanOut(context);
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

test('frames shed during a write are reported as a gap to every viewer that lost them', async (t) => {
  const { hub, fanOut, viewer, crowd, books } = openFanOut(t);
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

test('chat shed by the relay is reported as a gap; only its sender still gets it', async (context) => {
  const { fanOut, crowd, books } = openFanOut(context);
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

test('an event follows the frames of its urgency that wait', async (context) => {
  const { fanOut, crowd } = openFanOut(context);
  const [ann] = crowd(1);
  fanOut.frame(frame({ gift: ['g'] }));
  fanOut.event(room, encodeEvent('gap', { room, lane: 'gift', count: 0, reason: 'history_lost' }));
  await eventually(() => assert.equal(ann?.gaps.length, 1));
  assert.deepEqual([ann?.got, ann?.writes.count], [['g'], 2]);
});

test('no viewer is always the last one', async (context) => {
  const { fanOut, crowd } = openFanOut(context);
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

test('a recalled message that is still queued is not written; viewers that have it get all later ones', async (context) => {
  const { hub, fanOut, viewer, crowd, books } = openFanOut(context);
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

test('messages that ask for receipts are counted for those who were written to', async (context) => {
  const { hub, receipts, fanOut, crowd } = openFanOut(context);
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
