// Tests of connection ids: the numbers stay small, and a released number is reused only after a pause.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectionIds } from '../../src/session/connection-ids.ts';

test('a number is another’s only after it rested', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const numbers = new ConnectionIds();
  assert.deepEqual([numbers.take(), numbers.take(), numbers.take()], [0, 1, 2]);
  numbers.release(1);
  now = 59_999;
  numbers.release(0);
  assert.equal(numbers.take(), 3);
  now = 60_000;
  assert.deepEqual([numbers.take(), numbers.take()], [1, 4]);
  now = 120_000;
  assert.equal(numbers.take(), 0);
});

test('connections that come and go for long need no more numbers than were there at once within the rest', (t) => {
  let now = 0;
  t.mock.method(performance, 'now', () => now);
  const numbers = new ConnectionIds();
  let highest = 0;
  for (let i = 0; i < 50_000; i++) {
    now += 60;
    const number = numbers.take();
    highest = Math.max(highest, number);
    numbers.release(number);
  }
  assert.ok(highest <= 1_001, `${highest}`);
});
