// So many at once, then so many a minute, on a clock the test sets.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBucket } from '../src/token-bucket.ts';

test('gives the burst at once, then says how long to wait for one', () => {
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

test('being refused costs nothing', () => {
  const bucket = new TokenBucket(60, 1, 0);
  bucket.take(0);
  for (let now = 0; now < 1_000; now++) assert.ok(bucket.take(now) > 0, `at ${now}`);
  assert.equal(bucket.take(1_000), 0);
});

test('fills up to the burst and no further', () => {
  const bucket = new TokenBucket(60, 2, 0);
  bucket.take(0);
  assert.deepEqual(
    [1, 2, 3].map(() => bucket.take(3_600_000)),
    [0, 0, 1_000],
  );
});

test('keeps its rate over a long time', () => {
  const bucket = new TokenBucket(600, 1, 0);
  let taken = 0;
  for (let now = 0; now <= 60_000; now += 7) if (bucket.take(now) === 0) taken++;
  assert.ok(taken >= 560 && taken <= 601, `${taken} in a minute`);
});

test('a clock that goes back gives nothing and takes nothing', () => {
  const bucket = new TokenBucket(60, 1, 10_000);
  bucket.take(10_000);
  assert.equal(bucket.take(5_000), 1_000);
  assert.equal(bucket.take(6_000), 0);
});
