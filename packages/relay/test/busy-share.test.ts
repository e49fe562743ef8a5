// The load of a relay: from the times of an event loop, and as the relay announces it.
import assert from 'node:assert/strict';
import { performance } from 'node:perf_hooks';
import { test } from 'node:test';
import { RelayRole } from '@danmux/relay';
import { eventually, testBus, testRuntime } from '@danmux/testkit/unit';
import { busyShare } from '../src/busy-share.ts';

/** An event loop whose times the test sets. */
function loopTimes() {
  const times = { active: 1_000, idle: 5_000 };
  return {
    read: () => ({ ...times }),
    pass: (active: number, idle: number) => {
      times.active += active;
      times.idle += idle;
    },
  };
}

test('the load is the busy share since the previous call, not since the start', () => {
  const loop = loopTimes();
  const load = busyShare(loop.read);
  loop.pass(4, 396);
  assert.equal(load(), 0.01);
  loop.pass(300, 100);
  assert.equal(load(), 0.75);
  loop.pass(0, 400);
  assert.equal(load(), 0);
  assert.equal(load(), 0, 'no time passed');
});

test('a loop that is busy the whole time has load 1', () => {
  const load = busyShare();
  load();
  const until = performance.now() + 20;
  while (performance.now() < until);
  assert.equal(load(), 1);
});

test('an idle relay that owns all shards announces almost no load, and more once it is busy', async (t) => {
  const runtime = testRuntime(t, { shards: 4, 'cluster.announce_interval_ms': 20 });
  const bus = testBus(t, runtime);
  await bus.start();
  const loop = loopTimes();
  let active = 1;
  const share = busyShare(loop.read);
  const relay = new RelayRole(runtime, bus, () => {
    loop.pass(active, 100 - active);
    return share();
  });
  t.after(() => relay.stop());
  await relay.start();
  const announced = async () => (await bus.members.list()).find(({ role }) => role === 'relay');
  // The numbers of the first announcement are measured before the relay acquires its shards.
  await eventually(async () => assert.equal((await announced())?.numbers?.shards, 4), { timeoutMs: 10_000 });
  assert.equal((await announced())?.load, 0.01);
  active = 60;
  await eventually(async () => assert.equal((await announced())?.load, 0.6));
  active = 0;
  await eventually(async () => assert.equal((await announced())?.load, 0));
});
