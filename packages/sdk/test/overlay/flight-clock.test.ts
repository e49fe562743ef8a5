// FlightClock: runs at its rate, stops with the player, and never jumps; and the straight paths of flights.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { course, leftAt } from '../../src/overlay/flight.ts';
import { FlightClock } from '../../src/overlay/flight-clock.ts';

test('the clock runs at its rate, stops while not running, and never jumps', () => {
  let now = 1_000;
  const clock = new FlightClock(() => now);
  now += 100;
  assert.equal(clock.now(), 100);
  clock.setRate(2);
  assert.equal(clock.now(), 100);
  now += 100;
  assert.equal(clock.now(), 300);
  clock.run(false);
  clock.setRate(3);
  now += 1_000;
  assert.deepEqual([clock.now(), clock.rate], [300, 0]);
  clock.run(true);
  now += 10;
  assert.deepEqual([clock.now(), clock.rate], [330, 3]);
});

test('a box moves at constant speed and stays at the end of its path', () => {
  const path = { mode: 'scroll' as const, ...course('scroll', 100, 900), width: 100, height: 30, start: 0, end: 1_000 };
  assert.deepEqual(
    [0, 500, 1_000, 2_000].map((now) => leftAt(path, now)),
    [900, 400, -100, -100],
  );
  assert.deepEqual(course('reverse', 100, 900), { from: -100, to: 900 });
  assert.deepEqual(course('top', 100, 900), { from: 400, to: 400 });
});
