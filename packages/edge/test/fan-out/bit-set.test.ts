// Tests of BitSet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BitSet } from '../../src/fan-out/bit-set.ts';

test('holds each added number once, at any position', () => {
  const bits = new BitSet();
  const numbers = [0, 31, 32, 127, 128, 5_000, 99_999];
  for (const number of numbers) assert.equal(bits.add(number), true, `${number}`);
  for (const number of numbers) assert.equal(bits.add(number), false, `${number}`);
  for (const number of numbers) assert.equal(bits.has(number), true, `${number}`);
  for (const number of [1, 30, 33, 4_999, 5_001, 1_000_000]) assert.equal(bits.has(number), false, `${number}`);
});
