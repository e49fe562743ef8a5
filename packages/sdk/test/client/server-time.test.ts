// ServerTime on a page whose wall clock is wrong or is set while the page is open.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Msg } from '@danmux/protocol';
import { ServerTime } from '../../src/client/server-time.ts';

const day = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

/** Clocks of a page: the wall clock is `ahead` of the server's; the server's time is `day` when the monotonic clock is 0. */
function page(ahead: number) {
  let monotonic = 500;
  let off = ahead;
  let slept = 0;
  const time = new ServerTime({ wall: () => day + monotonic + slept + off, monotonic: () => monotonic });
  const server = () => day + monotonic + slept;
  return {
    time,
    server,
    pass: (ms: number) => {
      monotonic += ms;
    },
    /** Simulates a sleeping device: only the wall clock advances. */
    sleep: (ms: number) => {
      slept += ms;
    },
    step: (ms: number) => {
      off += ms;
    },
    join: (requestMs = 0, replyMs = 0) => {
      const asked = time.monotonic();
      monotonic += requestMs;
      const told = server();
      monotonic += replyMs;
      time.learn(told, asked);
    },
  };
}
const msg = (ts: number) => ({ id: 'm', lane: 'chat', type: 'chat', data: 'x', ts }) as Msg;

test("before the first join the page's clock is used", () => {
  const { time, server } = page(11_000);
  assert.equal(time.now(), server() + 11_000);
});

for (const ahead of [11_000, -hour]) {
  test(`a page ${ahead} ms ahead has the server's time after a join, also when it is set later`, () => {
    const { time, server, join, pass, step } = page(ahead);
    join();
    pass(60_000);
    assert.equal(time.now(), server());
    step(-2 * hour);
    assert.equal(time.now(), server());
    assert.equal(time.doubtful, true);
    join();
    assert.equal(time.doubtful, false);
    assert.equal(time.now(), server());
  });
}

test('the fastest answer of a connection is used; after a reconnect any answer is', () => {
  const { time, server, join } = page(0);
  join(0, 1_000);
  assert.equal(time.now(), server() - 500);
  join(10, 10);
  assert.equal(time.now(), server());
  join(2_000, 0);
  assert.equal(time.now(), server());
  time.doubt();
  join(0, 40);
  assert.equal(time.now(), server() - 20);
});

test('after sleep the time is doubtful until it is learned again', () => {
  const { time, server, join, sleep } = page(0);
  join();
  sleep(600_000);
  assert.equal(time.doubtful, true);
  join(30, 30);
  assert.equal(time.now(), server());
});

test('the age of a live message starts at its arrival, that of others at their `ts`', () => {
  const { time, server, join, pass } = page(hour);
  join();
  // The `ts` is from a server whose clock is 20 s slow.
  const [live, old] = [msg(server() - 20_000), msg(server() - 20_000)];
  time.arrived(live);
  assert.equal(time.ageMs(live), 0);
  assert.equal(time.ageMs(old), 20_000);
  pass(3_000);
  assert.deepEqual([time.ageMs(live), time.ageMs(old)], [3_000, 23_000]);
});
