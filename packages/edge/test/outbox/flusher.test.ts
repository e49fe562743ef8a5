// Tests of Flusher: it flushes outboxes until they are empty, and reports their number and bytes.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Flusher } from '../../src/outbox/flusher.ts';

beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
afterEach(() => mock.timers.reset());

test('those that wait, and their bytes, until they are empty', () => {
  const flusher = new Flusher();
  const box = (bytes: number) => {
    const made = { bytes, flush: () => made.bytes === 0 };
    return made;
  };
  const [one, two] = [box(100), box(20)];
  assert.deepEqual([flusher.size, flusher.bytes], [0, 0]);
  flusher.add(one);
  flusher.add(two);
  flusher.add(two);
  assert.deepEqual([flusher.size, flusher.bytes], [2, 120]);
  one.bytes = 0;
  mock.timers.tick(10);
  assert.deepEqual([flusher.size, flusher.bytes], [1, 20]);
  flusher.remove(two);
  assert.deepEqual([flusher.size, flusher.bytes], [0, 0]);
});
