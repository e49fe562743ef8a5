// Merged histograms of several processes equal one histogram of all values.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Latencies } from '../src/latency.ts';

test('merged parts equal the whole', () => {
  const one = new Latencies();
  const parts = [new Latencies(), new Latencies(), new Latencies()];
  for (let ms = 1; ms <= 3_000; ms++) {
    one.record('chat', ms);
    parts[ms % 3]?.record('chat', ms);
  }
  const merged = new Latencies();
  for (const part of parts) merged.merge(part.takeEncoded());
  const { max = 0, ...percentiles } = merged.percentiles('chat') ?? {};
  const { max: _, ...expected } = one.percentiles('chat') ?? {};
  assert.deepEqual(percentiles, expected);
  // On its way the highest value became the upper end of its bucket.
  assert.ok(max >= 3_000 && max <= 3_003, `the highest is ${max}`);
  const { count, p50, p99 } = merged.percentiles('chat') ?? { count: 0, p50: 0, p99: 0 };
  assert.equal(count, 3_000);
  assert.ok(Math.abs(p50 - 1_500) <= 3, `p50 is ${p50}`);
  assert.ok(Math.abs(p99 - 2_970) <= 4, `p99 is ${p99}`);
});

test('taken values are removed', () => {
  const latencies = new Latencies();
  latencies.record('gift', 7);
  assert.deepEqual(Object.keys(latencies.takeEncoded()), ['gift']);
  assert.deepEqual(latencies.takeEncoded(), {});
  assert.equal(latencies.percentiles('gift'), undefined);
});

test('lanes are separate, and a negative latency counts as zero', () => {
  const latencies = new Latencies();
  latencies.record('gift', -1);
  latencies.record('chat', 100);
  assert.equal(latencies.all()['gift']?.max, 0);
  assert.equal(latencies.all()['chat']?.p50, 100);
});
