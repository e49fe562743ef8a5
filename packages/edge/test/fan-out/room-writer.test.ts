// The writes of one room: they stop after any session and go on, merge the frames that arrived meanwhile, give a viewer that joined only
// what its join did not bring, and settle every message in the ledger.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BusFrame } from '@danmux/bus';
import type { Frame, Gap, Lane } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { testRuntime } from '@danmux/testkit/unit';
import { RoomWriter } from '../../src/fan-out/room-writer.ts';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import { type EncodedFrame, encodeEvent } from '../../src/outbox/encoded-frame.ts';
import { RoomSessions } from '../../src/room/room-sessions.ts';
import { fakeSession } from '../fake-session.ts';

const room = 'r';
let runtime: Runtime;
let sessions: RoomSessions;
let receipts: [readonly string[], number][];
let writer: RoomWriter;
function open(context: TestContext): void {
  runtime = testRuntime(context);
  sessions = new RoomSessions(room);
  receipts = [];
  writer = writerOf(false);
}
const writerOf = (urgent: boolean, frameBytes = 262_144) =>
  new RoomWriter(sessions, urgent, { ledger: new DeliveryLedger(runtime), receipts: (ids, count) => void receipts.push([ids, count]), frameBytes });

/** A viewer in the room, with the ids and gaps of each write it got. */
function viewer() {
  const writes: string[][] = [];
  const gaps: Gap[] = [];
  const deliver = (_room: string, { packets }: EncodedFrame) => {
    const events = packets.map((packet) => JSON.parse(packet.slice(1)) as ['frame', Frame] | ['gap', Gap]);
    writes.push(events.flatMap(([event, payload]) => (event === 'frame' ? payload.msgs.map(({ id }) => id) : [])));
    for (const [event, payload] of events) if (event === 'gap') gaps.push(payload);
    return true;
  };
  const session = fakeSession({ deliver });
  sessions.add(session);
  return { session, writes, gaps };
}

let offset = 0;
function frame(id: string, { lane = 'chat', size = 1, asks = false }: { lane?: 'chat' | 'gift'; size?: number; asks?: boolean } = {}): BusFrame {
  const text = JSON.stringify({ lane, offset: ++offset, id, type: lane, data: 'x'.repeat(size), ts: 1 });
  const head = { room, epoch: 'e', ranges: { [lane]: [offset, offset] as const }, counts: { [lane]: 1 }, characters: { [lane]: text.length }, traces: [] };
  return { head: { ...head, ...(asks ? { receipts: [id] } : {}) }, payload: `{"room":"${room}","msgs":[${text}]}` };
}

async function books(lane: Lane = 'chat') {
  const { due, delivered, viewerShed, undeliverable } = runtime.metrics;
  const sum = async (counter: typeof due | typeof viewerShed) =>
    (await counter.get()).values.reduce((all, { labels, value }) => (labels.lane === lane ? all + value : all), 0);
  return { due: await sum(due), delivered: await sum(delivered), shed: await sum(viewerShed), undeliverable: await sum(undeliverable) };
}

test('a write stops after so many sessions and goes on with the next ones', async (context) => {
  open(context);
  const viewers = [viewer(), viewer(), viewer()];
  writer.addFrame(frame('m1'));
  assert.equal(writer.write(2), false);
  assert.equal(viewers.filter(({ writes }) => writes.length === 1).length, 2);
  assert.equal(writer.write(2), true);
  for (const { writes } of viewers) assert.deepEqual(writes, [['m1']]);
  assert.deepEqual(await books(), { due: 3, delivered: 3, shed: 0, undeliverable: 0 });
});

test('frames that arrive during a write are one frame in the next, and an event keeps its place', (context) => {
  open(context);
  const { writes } = viewer();
  viewer();
  writer.addFrame(frame('m1'));
  writer.write(1);
  writer.addFrame(frame('m2'));
  writer.addFrame(frame('m3'));
  writer.addEvent(encodeEvent('presence', { room, online: 2 }, { room }));
  writer.addFrame(frame('m4'));
  while (!writer.write(1));
  assert.deepEqual(writes, [['m1'], ['m2', 'm3'], [], ['m4']]);
});

test('a viewer that joins while frames wait gets those after its join; one that leaves gets none', async (context) => {
  open(context);
  const [ann, bob] = [viewer(), viewer()];
  writer.addFrame(frame('m1'));
  const eve = viewer();
  writer.addFrame(frame('m2'));
  sessions.remove(bob.session);
  while (!writer.write(1));
  assert.deepEqual([ann.writes, bob.writes, eve.writes], [[['m1', 'm2']], [], [['m2']]]);
  assert.deepEqual(await books(), { due: 5, delivered: 3, shed: 0, undeliverable: 2 });
});

for (const lane of ['gift', 'chat'] as const) {
  test(`a viewer that joins between ${lane} frames gets the later ones, however many frames of the other urgency came between them`, async (context) => {
    open(context);
    const [mine, other] = [writerOf(lane === 'gift'), writerOf(lane !== 'gift')];
    const otherLane = lane === 'gift' ? 'chat' : 'gift';
    const ann = viewer();
    mine.addFrame(frame('m1', { lane }));
    for (const id of ['o1', 'o2', 'o3']) other.addFrame(frame(id, { lane: otherLane }));
    const eve = viewer();
    mine.addFrame(frame('m2', { lane }));
    other.addFrame(frame('o4', { lane: otherLane }));
    mine.addFrame(frame('m3', { lane }));
    const bob = viewer();
    while (!mine.write(1) || !other.write(1));
    assert.deepEqual(ann.writes, [
      ['m1', 'm2', 'm3'],
      ['o1', 'o2', 'o3', 'o4'],
    ]);
    assert.deepEqual([eve.writes, bob.writes], [[['m2', 'm3'], ['o4']], []]);
    assert.deepEqual(await books(lane), { due: 5, delivered: 5, shed: 0, undeliverable: 0 });
  });
}

test('past the cap the oldest chat is shed with a gap, gifts are not', async (context) => {
  open(context);
  const { writes, gaps } = viewer();
  for (const id of ['m1', 'm2', 'm3']) writer.addFrame(frame(id, { size: 400_000 }));
  while (!writer.write(1));
  assert.deepEqual(writes, [['m2'], ['m3']]);
  assert.deepEqual(gaps, [{ room, lane: 'chat', count: 1, reason: 'overload' }]);
  assert.deepEqual(await books(), { due: 3, delivered: 2, shed: 1, undeliverable: 0 });
  const urgent = writerOf(true);
  for (const id of ['g1', 'g2', 'g3']) urgent.addFrame(frame(id, { lane: 'gift', size: 400_000 }));
  while (!urgent.write(1));
  assert.deepEqual(writes.slice(2), [['g1'], ['g2'], ['g3']]);
});

test('receipts count the sessions a message was written to', (context) => {
  open(context);
  viewer();
  viewer();
  writer.addFrame(frame('m1', { asks: true }));
  writer.addFrame(frame('m2'));
  while (!writer.write(1));
  assert.deepEqual(receipts, [[['m1'], 2]]);
});

test('an abandoned writer counts queued and unwritten messages as undeliverable', async (context) => {
  open(context);
  viewer();
  viewer();
  writer.addFrame(frame('m1'));
  writer.write(1);
  writer.addFrame(frame('m2'));
  writer.abandon();
  assert.equal(writer.idle, true);
  assert.deepEqual(await books(), { due: 4, delivered: 1, shed: 0, undeliverable: 3 });
});
