// Missing, duplicate and out-of-order numbers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SequenceCheck } from '../src/swarm/sequence-check.ts';

function seen(numbers: readonly number[], last: number, from?: number): SequenceCheck['count'] {
  const check = new SequenceCheck(from);
  for (const number of numbers) check.see(number);
  check.settle(last);
  return check.count;
}

test('all of them, once, in order', () => assert.deepEqual(seen([1, 2, 3], 3, 0), { received: 3, missing: 0, outOfOrder: 0 }));
test('a hole, the head and the tail are missing', () => assert.deepEqual(seen([2, 3, 6], 8, 0), { received: 3, missing: 5, outOfOrder: 0 }));
test('nothing at all is all missing', () => assert.deepEqual(seen([], 4, 0), { received: 0, missing: 4, outOfOrder: 0 }));
test('duplicates and late numbers are counted', () => assert.deepEqual(seen([1, 2, 2, 3, 1], 3, 0), { received: 5, missing: 0, outOfOrder: 2 }));
test('a viewer that joined later misses no earlier message', () => assert.deepEqual(seen([7, 8], 8), { received: 2, missing: 0, outOfOrder: 0 }));
