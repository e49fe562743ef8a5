// A session keeps a room's frames back while its join is answered, and knows why it ended.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { createRuntime, loadConfig } from '@danmux/runtime';
import { prepareRaw } from '../src/prepared.ts';
import { Session, type ViewerSocket } from '../src/session.ts';
import { guestViewer } from '../src/viewer.ts';

const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, 'edge.outbox_bytes': 65_536 } });
const runtime = createRuntime({ config, role: 'test', version: '0', processMetrics: false });

class Conn extends EventEmitter {
  readonly written: string[] = [];
  readonly closed: boolean[] = [];
  readonly transport = { writable: false };
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
  return { session: new Session(runtime, socket as unknown as ViewerSocket), conn, ended };
}
const frame = (id: string) => prepareRaw('frame', `"${id}"`);
const packet = (id: string) => `2["frame","${id}"]`;

test('frames of a room whose join is not answered wait, those of others do not', () => {
  const { session, conn } = open();
  session.hold('a');
  session.deliver('a', frame('a1'));
  session.deliver('b', frame('b1'));
  session.deliver('a', frame('a2'));
  assert.deepEqual(conn.written, [packet('b1')]);
  session.release('a');
  session.deliver('a', frame('a3'));
  assert.deepEqual(conn.written, ['b1', 'a1', 'a2', 'a3'].map(packet));
});

test('what was kept for a join that failed is dropped', () => {
  const { session, conn } = open();
  session.hold('a');
  session.deliver('a', frame('a1'));
  session.discardHeld('a');
  session.release('a');
  session.deliver('a', frame('a2'));
  assert.deepEqual(conn.written, [packet('a2')]);
});

test('a join that is not answered for a thousand frames ends the connection', () => {
  const { session, conn } = open();
  session.hold('a');
  for (let i = 0; i < 1_000; i++) session.deliver('a', frame('x'));
  assert.deepEqual(conn.closed, []);
  session.deliver('a', frame('x'));
  assert.deepEqual([conn.closed, session.closedBecause], [[true], 'slow']);
});

test('more than the outbox holds ends the connection and drops what waits', () => {
  const { session, conn } = open();
  const large = prepareRaw('frame', JSON.stringify('x'.repeat(30_000)));
  for (let i = 0; i < 5; i++) session.write(large);
  assert.equal(conn.written.length, 2);
  assert.ok(session.queuedBytes <= 65_536, `${session.queuedBytes} bytes`);
  assert.deepEqual([conn.closed, session.closedBecause], [[true], 'slow']);
});

test('a drained viewer gets what waits for it first, and comes back by itself; a disconnected one does not', () => {
  const drained = open();
  drained.session.close('drain');
  assert.deepEqual([drained.conn.closed, drained.ended, drained.session.closedBecause], [[false], [], 'drain']);
  const expired = open();
  expired.session.disconnect('token_expired');
  assert.deepEqual([expired.conn.closed, expired.ended, expired.session.closedBecause], [[], [true], 'token_expired']);
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
