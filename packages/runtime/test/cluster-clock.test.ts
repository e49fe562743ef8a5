// Tests that the cluster clock follows the store's clock, independently of the machine's clock.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterClock } from '../src/cluster-clock.ts';

const day = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

/** A machine with simulated clocks. The store's clock is at `day` when the monotonic clock is 0. */
function machine(wallAheadMs = 0) {
  let monotonic = 1_000;
  let ahead = wallAheadMs;
  let storeAhead = 0;
  const clock = new ClusterClock({ wall: () => day + monotonic + ahead, monotonic: () => monotonic });
  return {
    clock,
    get storeTime() {
      return day + monotonic + storeAhead;
    },
    pass: (ms: number) => {
      monotonic += ms;
    },
    stepWall: (ms: number) => {
      ahead += ms;
    },
    stepStore: (ms: number) => {
      storeAhead += ms;
    },
    /** Takes a sample of the store's time; `answerMs` is the duration of the reply. */
    ask(requestMs = 0, answerMs = 0) {
      const asked = monotonic;
      monotonic += requestMs;
      const time = this.storeTime;
      monotonic += answerMs;
      clock.learn({ time, asked, answered: monotonic });
    },
  };
}

test('before the first sample it returns the clock of the machine', () => {
  const { clock, stepWall } = machine(5_000);
  assert.equal(clock.learnt, false);
  assert.equal(clock.now(), day + 6_000);
  stepWall(-hour);
  assert.equal(clock.now(), day + 6_000 - hour);
  assert.equal(clock.skewMs, 0);
});

for (const ahead of [11_000, -20_000, hour, -hour]) {
  test(`a machine ${ahead} ms ahead returns the store's time and reports its skew`, () => {
    const own = machine(ahead);
    own.ask();
    own.pass(90_000);
    assert.equal(own.clock.now(), own.storeTime);
    assert.equal(own.clock.skewMs, ahead);
  });
}

test('a step of the machine clock changes only the skew', () => {
  const own = machine();
  own.ask();
  for (const step of [hour, -2 * hour]) {
    const before = own.clock.now();
    own.stepWall(step);
    assert.equal(own.clock.now(), before);
  }
  assert.equal(own.clock.skewMs, -hour);
});

test('the sample with the shortest round trip is used, and the error is at most half of its round trip', () => {
  const own = machine(hour);
  own.ask(0, 400);
  assert.ok(Math.abs(own.clock.now() - own.storeTime) <= 200);
  own.ask(1, 1);
  assert.equal(own.clock.now(), own.storeTime);
  own.ask(300, 0);
  assert.equal(own.clock.now(), own.storeTime);
  assert.ok(own.clock.errorMs < 2);
});

test('a less accurate sample is used when the estimate is too old to be better', () => {
  const own = machine();
  own.ask(1, 1);
  own.pass(24 * hour);
  assert.ok(own.clock.errorMs > 10_000);
  own.ask(0, 50);
  assert.ok(own.clock.errorMs <= 25);
});

test("a small step back of the store's clock is followed without stepping back", () => {
  const own = machine();
  own.ask();
  own.stepStore(-2_000);
  let last = own.clock.now();
  own.ask();
  for (let at = 0; at < 5_000; at += 10) {
    own.pass(10);
    const now = own.clock.now();
    assert.ok(now >= last);
    last = now;
  }
  assert.equal(own.clock.now(), own.storeTime);
});

test("a step forward, or a large step back, of the store's clock is followed immediately", () => {
  const own = machine();
  own.ask();
  for (const step of [hour, -hour]) {
    own.stepStore(step);
    own.ask();
    assert.equal(own.clock.now(), own.storeTime);
  }
});

test('the time is an integer', () => {
  const own = machine();
  own.clock.learn({ time: day + 0.75, asked: 1_000, answered: 1_000.3 });
  assert.ok(Number.isInteger(own.clock.now()));
});
