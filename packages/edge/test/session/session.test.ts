// Tests of Session: it holds back the frames of a room until the join is answered, and knows why it was closed.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { type ClosingReason, closings, type Frame } from '@danmux/protocol';
import { testRuntime } from '@danmux/testkit/unit';
import { DeliveryLedger } from '../../src/outbox/delivery-ledger.ts';
import { EncodedFrame, encodeEvent } from '../../src/outbox/encoded-frame.ts';
import { Flusher } from '../../src/outbox/flusher.ts';
import { Session, type ViewerSocket } from '../../src/session/session.ts';
import { guestViewer } from '../../src/viewer/viewer.ts';

const runtime = testRuntime({ after }, { 'edge.outbox_bytes': 65_536 });

class Conn {
  readonly written: string[] = [];
  readonly closed: boolean[] = [];
  readonly readyState = 'open';
  readonly writeBuffer: { data: string }[] = [];
  readonly transport = { name: 'websocket', writable: true, doClose: () => {} };
  write(data: string): void {
    this.written.push(data);
  }
  close(discard: boolean): void {
    this.closed.push(discard);
  }
}
function open(): { session: Session; conn: Conn; ended: boolean[] } {
  const conn = new Conn();
  const ended: boolean[] = [];
  const socket = { id: 's1', data: { viewer: guestViewer() }, conn, connected: true, disconnect: (close: boolean) => void ended.push(close) };
  const flusher = new Flusher();
  ends.push(() => flusher.stop());
  const session = new Session(runtime, socket as unknown as ViewerSocket, { ledger: new DeliveryLedger(runtime), flusher, cap: 65_536, frameBytes: 32_768 }, 0);
  return { session, conn, ended };
}
let ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends) end();
  ends = [];
});
const packet = (id: string) => `2["frame","${id}"]`;
const frame = (id: string) => new EncodedFrame([packet(id)], { counts: { gift: 1 } });

test('frames of a room whose join is not answered wait, those of others do not', () => {
  const { session, conn } = open();
  session.holdFrames('a');
  session.deliver('a', frame('a1'));
  session.deliver('b', frame('b1'));
  session.deliver('a', frame('a2'));
  assert.deepEqual(conn.written, [packet('b1')]);
  session.releaseFrames('a');
  session.deliver('a', frame('a3'));
  assert.deepEqual(conn.written, ['b1', 'a1', 'a2', 'a3'].map(packet));
});

test('frames held for a failed join are dropped', () => {
  const { session, conn } = open();
  session.holdFrames('a');
  session.deliver('a', frame('a1'));
  session.dropFrames('a');
  session.releaseFrames('a');
  session.deliver('a', frame('a2'));
  assert.deepEqual(conn.written, [packet('a2')]);
});

test('a join that is not answered for a thousand frames ends the connection', () => {
  const { session, conn } = open();
  session.holdFrames('a');
  for (let i = 0; i < 1_000; i++) session.deliver('a', frame('x'));
  assert.deepEqual(conn.closed, []);
  session.deliver('a', frame('x'));
  assert.deepEqual([conn.closed, session.closedBecause], [[true], 'slow']);
});

test('more gifts than the outbox holds end the connection and drop the queue', () => {
  const { session, conn } = open();
  conn.transport.writable = false;
  for (let i = 0; i < 5; i++) session.deliver('a', new EncodedFrame(['x'.repeat(30_000)]));
  assert.deepEqual([conn.written.length, session.queuedBytes], [0, 0]);
  assert.deepEqual([conn.closed, session.closedBecause], [[true], 'slow']);
});

test('who does not read its answers is behind, and cut off when it goes on', () => {
  const { session, conn } = open();
  assert.equal(session.behind, false);
  conn.writeBuffer.push({ data: 'x'.repeat(70_000) });
  assert.deepEqual([session.behind, conn.closed], [true, []]);
  for (let i = 0; i < 8; i++) conn.writeBuffer.push({ data: 'x'.repeat(70_000) });
  assert.deepEqual([session.behind, conn.closed, session.closedBecause], [true, [true], 'slow']);
});

test('every message is settled in the ledger, also those of a join that failed', async () => {
  const { session } = open();
  const books = async () => {
    const sum = async (counter: { get(): Promise<{ values: { value: number }[] }> }) => (await counter.get()).values.reduce((all, { value }) => all + value, 0);
    return [await sum(runtime.metrics.delivered), await sum(runtime.metrics.undeliverable)];
  };
  runtime.metrics.registry.resetMetrics();
  session.holdFrames('a');
  session.deliver('a', frame('a1'));
  session.deliver('a', frame('a2'));
  session.releaseFrames('a');
  assert.deepEqual(await books(), [2, 0]);
  session.holdFrames('a');
  session.deliver('a', frame('a3'));
  session.dropFrames('a');
  assert.deepEqual(await books(), [2, 1]);
});

test('a drained viewer gets its queued frames first, and reconnects by itself; a disconnected one does not', () => {
  const drained = open();
  drained.session.close('drain');
  assert.deepEqual([drained.conn.closed, drained.ended, drained.session.closedBecause], [[true], [], 'drain']);
  const expired = open();
  expired.session.disconnect('token_expired');
  assert.deepEqual([expired.conn.closed, expired.ended, expired.session.closedBecause], [[], [true], 'token_expired']);
});

test('every reason of the table of closings closes in the way of its row', () => {
  for (const [reason, { by }] of Object.entries(closings)) {
    const { session, conn, ended } = open();
    if (by === 'transport') session.close(reason as ClosingReason<'transport'>);
    else session.disconnect(reason as ClosingReason<'disconnect'>);
    assert.deepEqual([conn.closed.length, ended.length, session.closedBecause], by === 'transport' ? [1, 0, reason] : [0, 1, reason], reason);
  }
});

test('the first reason to end stays', () => {
  const { session } = open();
  session.close('drain');
  session.disconnect('token_expired');
  assert.equal(session.closedBecause, 'drain');
});

test('an event is written as socket.io would', () => {
  const { session, conn } = open();
  session.emit('goaway', { reconnect_in_ms: 5 });
  assert.deepEqual(conn.written, ['2["goaway",{"reconnect_in_ms":5}]']);
  assert.equal(session.closed, false);
});

test('a recalled message in held frames is a tombstone', () => {
  const { session, conn } = open();
  session.holdFrames('r');
  const msg = (id: string) => ({ id, lane: 'chat' as const, offset: 1, type: 'chat', data: 1, ts: 1 });
  session.deliver('r', encodeEvent('frame', { room: 'r', msgs: [msg('bad'), msg('good')] }, { room: 'r' }));
  session.recall('r', new Set(['bad']));
  session.releaseFrames('r');
  const [, { msgs }] = JSON.parse(conn.written[0]?.slice(1) ?? '') as [string, Frame];
  assert.deepEqual(
    msgs.map(({ id, type, data }) => [id, type, data]),
    [
      ['bad', 'recalled', null],
      ['good', 'chat', 1],
    ],
  );
});
