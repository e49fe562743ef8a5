// A soak fails on what grows and on nothing else: the line through its samples, and what chance explains.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grows, slopeOf } from '../soak/slope.ts';

/** Twenty samples over half an hour; the noise has no trend. */
const series = (perHour: number, noise: number) =>
  Array.from({ length: 20 }, (_, index) => ({ at: index / 40, value: 100 + (perHour * index) / 40 + (index % 2 === 0 ? noise : -noise) }));

test('a straight line has its slope and no error', () => {
  const { perHour, error } = slopeOf(series(12, 0));
  assert.ok(Math.abs(perHour - 12) < 1e-9 && error < 1e-9);
});

test('what grows faster than allowed is found through noise', () => assert.equal(grows(slopeOf(series(40, 2)), 6), true));

test('noise alone is no growth, and neither is allowed growth or shrinking', () => {
  assert.equal(grows(slopeOf(series(0, 20)), 0), false);
  assert.equal(grows(slopeOf(series(5, 0)), 6), false);
  assert.equal(grows(slopeOf(series(-40, 0)), 0), false);
});

test('two samples say nothing', () => assert.throws(() => slopeOf(series(1, 0).slice(0, 2)), /three samples/));
