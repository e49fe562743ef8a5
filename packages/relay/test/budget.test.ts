// The chat budget of a room: a rate, and a burst after a pause.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateBudget, unlimited } from '../src/budget.ts';

test('a burst at once, then the rate; a pause saves up at most one burst', () => {
  const budget = new RateBudget(20);
  assert.equal(budget.takeUpTo(100, 0), 40);
  assert.equal(budget.takeUpTo(100, 0), 0);
  assert.equal(budget.takeUpTo(100, 500), 10);
  assert.equal(budget.takeUpTo(3, 1_000), 3);
  assert.equal(budget.takeUpTo(100, 1_000), 7, 'what was not taken is still there');
  assert.equal(budget.takeUpTo(100, 60_000), 40);
});

test('fractions of a token add up', () => {
  const budget = new RateBudget(20, 0);
  assert.equal(budget.takeUpTo(1, 0), 1);
  let taken = 0;
  for (let now = 10; now <= 1_000; now += 10) taken += budget.takeUpTo(5, now);
  assert.equal(taken, 20);
});

test('a clock that steps back neither adds nor removes tokens', () => {
  const budget = new RateBudget(20, 0.5);
  budget.takeUpTo(10, 1_000);
  assert.equal(budget.takeUpTo(10, 0), 0);
  assert.equal(budget.takeUpTo(10, 100), 2);
});

test('without a limit all go', () => assert.equal(unlimited.takeUpTo(1e6, 0), 1e6));
