// The schedule of retries: grows, is jittered, and keeps the bounds of the operator and of the target.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryWaitMs } from '../../src/delivery/retry-wait.ts';

const middle = () => 0.5;

test('1, 2, 5, 15, 30, 60 seconds and on, up to the longest allowed', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 50].map((failures) => retryWaitMs(failures, 86_400_000, 0, middle)),
    [1_000, 2_000, 5_000, 15_000, 30_000, 60_000, 120_000, 3_600_000],
  );
  assert.equal(
    retryWaitMs(50, 60_000, 0, () => 1),
    60_000,
  );
});

test('jittered by a fifth', () => {
  assert.deepEqual([retryWaitMs(3, 60_000, 0, () => 0), retryWaitMs(3, 60_000, 0, () => 1)], [4_000, 6_000]);
});

test('a target that asks for more gets it', () => {
  assert.equal(retryWaitMs(1, 60_000, 120_000, middle), 120_000);
  assert.equal(retryWaitMs(6, 60_000, 1_000, middle), 60_000);
});
