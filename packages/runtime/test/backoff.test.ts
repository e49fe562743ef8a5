// Tests of the backoff: a random wait between half of a ceiling and the ceiling, which doubles up to a maximum.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../src/backoff.ts';

const options = { baseMs: 100, maxMs: 1_000 };
const most = (attempt: number) => backoffMs(attempt, { ...options, random: () => 1 });
const least = (attempt: number) => backoffMs(attempt, { ...options, random: () => 0 });

test('the longest wait doubles up to the maximum', () => assert.deepEqual([1, 2, 3, 4, 5, 50].map(most), [100, 200, 400, 800, 1_000, 1_000]));
test('the shortest wait is half the longest', () => assert.deepEqual([1, 2, 3, 4, 5].map(least), [50, 100, 200, 400, 500]));
test('attempt 0 waits like attempt 1', () => assert.equal(most(0), 100));
test('the factor can be chosen', () => assert.equal(backoffMs(3, { ...options, factor: 3, random: () => 1 }), 900));
test('two clients that fail together wait for different times', () => {
  const waits = new Set(Array.from({ length: 50 }, () => backoffMs(5, options)));
  assert.ok(waits.size > 10);
});
