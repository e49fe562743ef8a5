// The cluster's clock follows the store's, whatever the machine's clock does.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClusterClock } from '../src/cluster-clock.ts';

const day = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

/** A machine whose clocks are set by hand; its store's clock shows `day` when the monotonic one shows 0. */
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
    /** Asks the store; `answerMs` is how long the answer took to come back. */
    ask(requestMs = 0, answerMs = 0) {
      const asked = monotonic;
      monotonic += requestMs;
      const time = this.storeTime;
      monotonic += answerMs;
      clock.learn({ time, asked, answered: monotonic });
    },
  };
}

test('before it has learnt it is the clock of the machine', () => {
  const { clock, stepWall } = machine(5_000);
  assert.equal(clock.learnt, false);
  assert.equal(clock.now(), day + 6_000);
  stepWall(-hour);
  assert.equal(clock.now(), day + 6_000 - hour);
  assert.equal(clock.skewMs, 0);
});

for (const ahead of [11_000, -20_000, hour, -hour]) {
  test(`a machine ${ahead} ms ahead has the store's time, and knows its skew`, () => {
    const own = machine(ahead);
    own.ask();
    own.pass(90_000);
    assert.equal(own.clock.now(), own.storeTime);
    assert.equal(own.clock.skewMs, ahead);
  });
}

test('a step of the machine while it runs changes nothing but the skew', () => {
  const own = machine();
  own.ask();
  for (const step of [hour, -2 * hour]) {
    const before = own.clock.now();
    own.stepWall(step);
    assert.equal(own.clock.now(), before);
  }
  assert.equal(own.clock.skewMs, -hour);
});

test('of several samples the one with the least round trip counts, and none is off by more than half of its own', () => {
  const own = machine(hour);
  own.ask(0, 400);
  assert.ok(Math.abs(own.clock.now() - own.storeTime) <= 200);
  own.ask(1, 1);
  assert.equal(own.clock.now(), own.storeTime);
  own.ask(300, 0);
  assert.equal(own.clock.now(), own.storeTime);
  assert.ok(own.clock.errorMs < 2);
});

test('a worse sample counts when what is known is too old to be better', () => {
  const own = machine();
  own.ask(1, 1);
  own.pass(24 * hour);
  assert.ok(own.clock.errorMs > 10_000);
  own.ask(0, 50);
  assert.ok(own.clock.errorMs <= 25);
});

test("the store's clock a little back is followed without a step back", () => {
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

test("the store's clock forth, or far back, is followed at once", () => {
  const own = machine();
  own.ask();
  for (const step of [hour, -hour]) {
    own.stepStore(step);
    own.ask();
    assert.equal(own.clock.now(), own.storeTime);
  }
});

test('its milliseconds are whole', () => {
  const own = machine();
  own.clock.learn({ time: day + 0.75, asked: 1_000, answered: 1_000.3 });
  assert.ok(Number.isInteger(own.clock.now()));
});
