// A repeated join of a room that fails after it began: the viewer gets everything that was queued for it before, once and in order, with the
// frames of its connection, and the ledger settles each of them.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Frame, Gap, Msg } from '@danmux/protocol';
import { closeAfter, testRuntime } from '@danmux/testkit/unit';
import { FanOut } from '../../src/fan-out/fan-out.ts';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import { Flusher } from '../../src/outbox/flusher.ts';
import { Hub } from '../../src/room/hub.ts';
import { Session, type ViewerSocket } from '../../src/session/session.ts';
import { guestViewer } from '../../src/viewer/viewer.ts';
import { frame, room } from '../fan-out/open-fan-out.ts';

function open(context: TestContext) {
  const runtime = testRuntime(context);
  const [hub, ledger, flusher] = [new Hub(), new DeliveryLedger(runtime), new Flusher()];
  const fanOut = new FanOut(runtime, { hub, ledger, sessions: { of: () => [] }, receipts: { track: () => {}, delivered: () => {} }, hops: { add: () => {} } });
  closeAfter(context, () => fanOut.stop());
  closeAfter(context, () => flusher.stop());
  const viewer = () => {
    const [ids, gaps]: [string[], Gap[]] = [[], []];
    const write = (packet: string) => {
      const [event, payload] = JSON.parse(packet.slice(1)) as [string, Frame & Gap];
      if (event === 'frame') ids.push(...payload.msgs.map((msg) => (msg.type === 'recalled' ? `-${msg.id}` : msg.id)));
      else gaps.push(payload);
    };
    const transport = { name: 'websocket', writable: true, doClose: () => {} };
    const conn = { readyState: 'open', writeBuffer: [], transport, write, close: () => {} };
    const socket = { id: 's', data: { viewer: guestViewer() }, conn, connected: true, disconnect: () => {} };
    const session = new Session(runtime, socket as unknown as ViewerSocket, { ledger, flusher, cap: 1_048_576, frameBytes: 200 }, 0);
    hub.add(room, session);
    return { session, ids, gaps, transport };
  };
  /** A repeated join begins, as in Rooms. */
  const begin = (session: Session) => {
    session.holdFrames(room);
    hub.add(room, session);
  };
  const end = (session: Session, answered: boolean, rest: readonly Msg[] = []) => {
    hub.sessionsIn(room)?.endRepeat(session, answered);
    if (answered) session.releaseFrames(room, rest);
    else session.restoreFrames(room);
  };
  const books = async () => {
    const { due, delivered, viewerShed, undeliverable } = runtime.metrics;
    const sum = async (counter: { get(): Promise<{ values: { value: number }[] }> }) => (await counter.get()).values.reduce((all, { value }) => all + value, 0);
    return { due: await sum(due), settled: (await sum(delivered)) + (await sum(viewerShed)) + (await sum(undeliverable)) };
  };
  return { fanOut, hub, flusher, viewer, begin, end, books };
}

/** Resolves after the fan-out has written its queue: one step writes all frames of these small rooms. */
const written = async () => {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const msg = (id: string, offset: number): Msg => ({ id, lane: 'gift', offset, type: 'gift', data: 'x'.repeat(90), ts: 1 });
const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);

for (const lane of ['gift', 'chat'] as const) {
  test(`${lane} frames queued when a repeated join began are written when it fails, before those that arrived meanwhile`, async (context) => {
    const { fanOut, viewer, begin, end, books } = open(context);
    const [ann, bob] = [viewer(), viewer()];
    fanOut.frame(frame({ [lane]: ['m1'] }));
    fanOut.frame(frame({ [lane]: ['m2'] }));
    begin(ann.session);
    fanOut.frame(frame({ [lane]: ['m3'] }));
    await written();
    fanOut.frame(frame({ [lane]: ['m4'] }));
    await written();
    assert.deepEqual([ann.ids, bob.ids], [[], ['m1', 'm2', 'm3', 'm4']], 'frames are held while the join is not answered');
    end(ann.session, false);
    fanOut.frame(frame({ [lane]: ['m5'] }));
    await written();
    assert.deepEqual(ann.ids, ['m1', 'm2', 'm3', 'm4', 'm5']);
    assert.deepEqual(await books(), { due: 10, settled: 10 });
  });

  test(`${lane} frames queued when a repeated join began are not written when it is answered`, async (context) => {
    const { fanOut, viewer, begin, end, books } = open(context);
    const ann = viewer();
    fanOut.frame(frame({ [lane]: ['m1'] }));
    begin(ann.session);
    fanOut.frame(frame({ [lane]: ['m2'] }));
    await written();
    fanOut.frame(frame({ [lane]: ['m3'] }));
    end(ann.session, true);
    await written();
    assert.deepEqual(ann.ids, ['m2', 'm3']);
    assert.deepEqual(await books(), { due: 3, settled: 3 });
  });
}

test('a repeated join that fails before the queue is written leaves the queue as it was', async (context) => {
  const { fanOut, viewer, begin, end, books } = open(context);
  const ann = viewer();
  fanOut.frame(frame({ gift: ['m1'] }));
  begin(ann.session);
  end(ann.session, false);
  begin(ann.session);
  fanOut.frame(frame({ gift: ['m2'] }));
  end(ann.session, false);
  await written();
  assert.deepEqual(ann.ids, ['m1', 'm2']);
  assert.deepEqual(await books(), { due: 2, settled: 2 });
});

test('messages shed by the relay before a failed join are reported all the same', async (context) => {
  const { fanOut, viewer, begin, end } = open(context);
  const ann = viewer();
  fanOut.frame(frame({ chat: ['m1'] }, room, { shed: { chat: 7 } }));
  begin(ann.session);
  await written();
  end(ann.session, false);
  assert.deepEqual([ann.ids, ann.gaps], [['m1'], [{ room, lane: 'chat', count: 7, reason: 'budget' }]]);
});

test('a message recalled while a repeated join is not answered is a tombstone when the join fails', async (context) => {
  const { fanOut, viewer, begin, end } = open(context);
  const ann = viewer();
  ann.transport.writable = false;
  ann.session.releaseFrames(room);
  ann.session.holdFrames(room);
  ann.session.releaseFrames(room, [msg('g1', 1), msg('g2', 2)]);
  fanOut.frame(frame({ chat: ['m1'] }));
  fanOut.frame(frame({ chat: ['m2'] }));
  begin(ann.session);
  await written();
  fanOut.recalled(room, new Set(['g2', 'm1']));
  ann.transport.writable = true;
  end(ann.session, false);
  assert.deepEqual(ann.ids, ['g1', '-g2', '-m1', 'm2']);
});

test('the rest of the first reply follows after a repeated join failed, before the frames held with it', async (context) => {
  const { fanOut, flusher, viewer, begin, end, books } = open(context);
  const ann = viewer();
  ann.transport.writable = false;
  ann.session.holdFrames(room);
  ann.session.releaseFrames(
    room,
    names('g', 8).map((id, index) => msg(id, index + 1)),
  );
  fanOut.frame(frame({ gift: ['h1'] }));
  await written();
  begin(ann.session);
  ann.transport.writable = true;
  fanOut.frame(frame({ gift: ['h2'] }));
  await written();
  assert.deepEqual(ann.ids, [], 'nothing of the room before the answer');
  end(ann.session, false);
  while (flusher.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(ann.ids, [...names('g', 8), 'h1', 'h2']);
  assert.deepEqual(await books(), { due: 2, settled: 2 });
});

test('an answered repeated join replaces the rest of the first reply by its own', async (context) => {
  const { fanOut, flusher, viewer, begin, end, books } = open(context);
  const ann = viewer();
  ann.transport.writable = false;
  ann.session.holdFrames(room);
  ann.session.releaseFrames(room, [msg('g1', 1), msg('g2', 2)]);
  fanOut.frame(frame({ gift: ['h1'] }));
  await written();
  begin(ann.session);
  ann.transport.writable = true;
  end(ann.session, true, [msg('g2', 2), msg('h1', 3)]);
  while (flusher.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.deepEqual(ann.ids, ['g2', 'h1']);
  assert.deepEqual(await books(), { due: 1, settled: 1 });
});

test('a viewer that leaves during a repeated join gets nothing more of the room, and the ledger settles its frames', async (context) => {
  const { fanOut, hub, viewer, begin, end, books } = open(context);
  const [ann, bob] = [viewer(), viewer()];
  fanOut.frame(frame({ gift: ['m1'] }));
  begin(ann.session);
  fanOut.frame(frame({ gift: ['m2'] }));
  await written();
  ann.session.dropFrames(room);
  hub.remove(room, ann.session);
  end(ann.session, false);
  fanOut.frame(frame({ gift: ['m3'] }));
  await written();
  assert.deepEqual([ann.ids, bob.ids], [[], ['m1', 'm2', 'm3']]);
  assert.deepEqual(await books(), { due: 5, settled: 5 });
});

test('positions of another epoch are those of the first join again after a repeated join failed', (context) => {
  const { viewer } = open(context);
  const { session } = viewer();
  session.joinedFrom(room, { gift: { epoch: 'old', offset: 5 } }, 'now');
  session.holdFrames(room);
  session.joinedFrom(room, { gift: { epoch: 'now', offset: 2 } }, 'now');
  assert.equal(session.hasSeen(room, 'gift', { epoch: 'old', offset: 5 }), false);
  session.restoreFrames(room);
  assert.equal(session.hasSeen(room, 'gift', { epoch: 'old', offset: 5 }), true);
});
