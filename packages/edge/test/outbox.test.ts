// The outbox counts what waits, and says once when it is too much.
import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import { Outbox } from '../src/outbox.ts';
import { prepareRaw } from '../src/prepared.ts';

class SlowWire extends EventEmitter {
  readonly written: string[] = [];
  write(data: string): void {
    this.written.push(data);
  }
}

test('counts bytes until the transport has taken them', () => {
  const wire = new SlowWire();
  const outbox = new Outbox(wire, 1_000, assert.fail);
  const prepared = prepareRaw('frame', '{"a":"礼"}');
  outbox.write(prepared);
  outbox.write(prepared);
  assert.equal(outbox.bytes, 2 * prepared.bytes);
  wire.emit('flush');
  outbox.write(prepared);
  wire.emit('drain');
  assert.equal(outbox.bytes, prepared.bytes);
  wire.emit('flush');
  wire.emit('drain');
  assert.equal(outbox.bytes, 0);
});

test('past the cap it says so once and writes nothing more', () => {
  const wire = new SlowWire();
  let overflows = 0;
  const outbox = new Outbox(wire, 100, () => overflows++);
  const prepared = prepareRaw('frame', JSON.stringify('x'.repeat(40)));
  for (let i = 0; i < 10; i++) outbox.write(prepared);
  assert.equal(overflows, 1);
  assert.equal(wire.written.length, 1);
});
