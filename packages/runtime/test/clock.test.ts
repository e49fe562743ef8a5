// Tests that the system clock returns the time of the machine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../src/clock.ts';

test('the system clock follows Date', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 1_000 });
  assert.equal(systemClock.now(), 1_000);
  t.mock.timers.tick(500);
  assert.equal(systemClock.now(), 1_500);
});
