// The delay of a room whose commits fail: it grows with each failure in sequence, and ends with a success.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomFailures } from '../src/room-failures.ts';

test('the delay of a room grows to a second, and no other room has one', () => {
  const failures = new RoomFailures();
  const delays = Array.from({ length: 9 }, () => {
    failures.failed('a', 1_000);
    return failures.notBefore('a') - 1_000;
  });
  for (const [index, delay] of delays.entries()) {
    const most = Math.min(1_000, 20 * 2 ** index);
    assert.ok(delay >= most / 2 && delay <= most, `delay ${index + 1}: ${delay} ms`);
  }
  assert.equal(failures.notBefore('b'), 0);
});

test('after a success the delays begin anew', () => {
  const failures = new RoomFailures();
  for (let n = 0; n < 9; n++) failures.failed('a', 0);
  failures.succeeded('a');
  assert.equal(failures.notBefore('a'), 0);
  failures.failed('a', 0);
  assert.ok(failures.notBefore('a') <= 20, `${failures.notBefore('a')} ms`);
});
