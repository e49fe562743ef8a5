// The outbox counts what waits for a viewer, and says once when it is too much. With a wire that does as the test says, and
// with a real engine.io connection.
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Server } from 'socket.io';
import { WebSocket } from 'ws';
import { Outbox, type Wire } from '../src/outbox.ts';
import { prepareRaw } from '../src/prepared.ts';
import { eventually } from './eventually.ts';

/** Does what engine.io does: what is written waits while the transport is busy, and goes in one batch when it is not. */
class SlowWire extends EventEmitter {
  readonly written: string[] = [];
  readonly transport = { writable: false };
  write(data: string, options?: object): void {
    this.emit('packetCreate', { type: 'message', data, options });
    this.written.push(data);
    if (this.transport.writable) this.flush();
  }
  flush(): void {
    this.emit('flush');
    this.transport.writable = false;
    // engine.io says `drain` as soon as it handed the batch over.
    this.emit('drain');
  }
  taken(): void {
    this.transport.writable = true;
  }
}

const prepared = prepareRaw('frame', '{"a":"礼"}');

test('counts bytes until the transport has taken them', () => {
  const wire = new SlowWire();
  const outbox = new Outbox(wire, 1_000, assert.fail);
  outbox.write(prepared);
  outbox.write(prepared);
  assert.equal(outbox.bytes, 2 * prepared.bytes);
  wire.flush();
  outbox.write(prepared);
  assert.equal(outbox.bytes, 3 * prepared.bytes, 'two on their way, one behind them');
  wire.taken();
  wire.flush();
  assert.equal(outbox.bytes, prepared.bytes);
  wire.taken();
  assert.equal(outbox.bytes, 0);
});

test('past the cap it says so once and writes nothing more', () => {
  const wire = new SlowWire();
  let overflows = 0;
  const outbox = new Outbox(wire, 100, () => overflows++);
  const large = prepareRaw('frame', JSON.stringify('x'.repeat(40)));
  for (let i = 0; i < 10; i++) outbox.write(large);
  assert.equal(overflows, 1);
  assert.equal(wire.written.length, 1);
});

test('a frame larger than the cap goes to a viewer with nothing queued: it is not slow', () => {
  const wire = new SlowWire();
  let overflows = 0;
  const outbox = new Outbox(wire, 100, () => overflows++);
  const huge = prepareRaw('frame', JSON.stringify('x'.repeat(1_000)));
  outbox.write(huge);
  assert.deepEqual([overflows, wire.written.length], [0, 1]);
  outbox.write(prepared);
  assert.equal(overflows, 1, 'the next one finds it behind');
});

test('what is on its way counts towards the cap', () => {
  const wire = new SlowWire();
  let overflows = 0;
  const outbox = new Outbox(wire, 100, () => overflows++);
  const large = prepareRaw('frame', JSON.stringify('x'.repeat(40)));
  outbox.write(large);
  wire.flush();
  outbox.write(large);
  assert.equal(overflows, 1);
});

test('answers are counted apart: one of any size is no reason to end, many that nobody reads are', () => {
  const wire = new SlowWire();
  let overflows = 0;
  const outbox = new Outbox(wire, 1_000, () => overflows++);
  assert.equal(outbox.behind, false);
  wire.write('4'.repeat(5_000));
  assert.equal(outbox.behind, true);
  outbox.write(prepared);
  assert.deepEqual([overflows, outbox.bytes], [0, prepared.bytes], 'frames have their own room');
  wire.flush();
  wire.taken();
  assert.equal(outbox.behind, false);
  for (let i = 0; i < 20; i++) wire.write('礼'.repeat(200));
  assert.deepEqual([outbox.behind, overflows], [true, 1]);
});

test('on a real connection bytes count until the kernel has them', async () => {
  const http = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const server = new Server(http);
  const connected = new Promise<Wire>((resolve) => server.once('connection', ({ conn }) => resolve(conn as unknown as Wire)));
  const raw = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}/socket.io/?EIO=4&transport=websocket`);
  raw.once('open', () => raw.send('40'));
  const wire = await connected;
  await eventually(() => assert.equal(wire.transport.writable, true));
  const outbox = new Outbox(wire, 1_000_000, assert.fail);
  outbox.write(prepared);
  outbox.write(prepared);
  assert.equal(outbox.bytes, 2 * prepared.bytes);
  await eventually(() => assert.equal(outbox.bytes, 0));
  raw.terminate();
  await server.close();
});
