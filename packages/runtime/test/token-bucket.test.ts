// Tests of the token bucket with a simulated clock: a burst first, then a rate per minute.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../src/token-bucket.ts';

test('the burst is available immediately, then take returns the wait for one token', () => {
  const bucket = new TokenBucket(60, 3, 0);
  assert.deepEqual(
    [0, 0, 0].map((now) => bucket.take(now)),
    [0, 0, 0],
  );
  assert.equal(bucket.take(0), 1_000);
  assert.equal(bucket.take(400), 600);
  const wait = bucket.take(999);
  assert.ok(wait === 1 || wait === 2, `${wait} ms: rounded up`);
  assert.equal(bucket.take(1_001), 0);
  assert.ok(bucket.take(1_001) >= 999, 'one only');
});

test('a refused take uses no token', () => {
  const bucket = new TokenBucket(60, 1, 0);
  bucket.take(0);
  for (let now = 0; now < 1_000; now++) assert.ok(bucket.take(now) > 0, `at ${now}`);
  assert.equal(bucket.take(1_000), 0);
});

test('the bucket refills up to the burst and no further', () => {
  const bucket = new TokenBucket(60, 2, 0);
  bucket.take(0);
  assert.deepEqual(
    [1, 2, 3].map(() => bucket.take(3_600_000)),
    [0, 0, 1_000],
  );
});

test('the rate is exact over a long time', () => {
  const bucket = new TokenBucket(600, 1, 0);
  let taken = 0;
  for (let now = 0; now <= 60_000; now += 7) if (bucket.take(now) === 0) taken++;
  assert.ok(taken >= 560 && taken <= 601, `${taken} in a minute`);
});

test('a clock that steps back neither adds nor removes tokens', () => {
  const bucket = new TokenBucket(60, 1, 10_000);
  bucket.take(10_000);
  assert.equal(bucket.take(5_000), 1_000);
  assert.equal(bucket.take(6_000), 0);
});
