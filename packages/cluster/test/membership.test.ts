// A member is known while it says so, says so at once, and survives a store that is away.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus, type Member } from '@danmux/bus';
import { digestConfig } from '@danmux/runtime';
import { type Gate, gated, testRuntime } from '@danmux/testkit/unit';
import { Membership, type MembershipOptions } from '../src/membership.ts';

const set = { 'cluster.announce_interval_ms': 500, 'cluster.member_ttl_ms': 2_500 };

/** The time both the members' ttl and the announcements see. */
let now = 0;
const clock = { now: () => now };
const runtime = () => testRuntime({ after }, set, { role: 'edge', version: '1.2.3', clock });

let bus: Bus;
let gate: Gate<Bus>;
let opened: Membership[];
beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval'] });
  now = 1_000_000;
  opened = [];
  gate = gated(createBus(runtime()));
  bus = gate.open;
});
afterEach(async () => {
  await Promise.all(opened.map((membership) => membership.stop()));
  mock.timers.reset();
});

function member(options: Partial<MembershipOptions> = {}): Membership {
  const made = new Membership(runtime(), bus, { role: 'edge', address: () => '127.0.0.1:7700', load: () => 0.5, ...options });
  opened.push(made);
  return made;
}

async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    now += 100;
    mock.timers.tick(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const announced = () => gate.count('members.announce');

test('is announced when start resolves, with role, address, version, load and the digests of its settings', async () => {
  const one = member();
  await one.start();
  const [{ numbers, ...said } = {} as Member, ...others] = await bus.members.list();
  const settings = digestConfig(runtime().config, 'edge');
  assert.deepEqual([said, others], [{ id: one.id, role: 'edge', address: '127.0.0.1:7700', version: '1.2.3', load: 0.5, settings } satisfies Member, []]);
  assert.ok('viewer.token_secret' in settings, JSON.stringify(settings));
  assert.equal(numbers?.seen_at, now);
  assert.match(one.id, /^edge@edge-/);
});

test('announces the problems of the process while they last', async () => {
  const made = runtime();
  const one = new Membership(made, bus, { role: 'edge', address: () => '', load: () => 0 });
  opened.push(one);
  made.degraded.set('clock_skew', 'The clock is off.');
  await one.start();
  assert.deepEqual((await bus.members.list())[0]?.degraded, [{ code: 'clock_skew', text: 'The clock is off.' }]);
  made.degraded.clear('clock_skew');
  await pass(600);
  assert.equal((await bus.members.list())[0]?.degraded, undefined);
});

test('is announced again before the ttl ends, with the load it has then', async () => {
  let load = 0.1;
  await member({ load: () => load }).start();
  load = 0.9;
  await pass(5_000);
  assert.equal(announced(), 11);
  assert.deepEqual(
    (await bus.members.list()).map((one) => one.load),
    [0.9],
  );
});

test('a process that died is gone after its ttl, not before', async () => {
  const one = member();
  await one.start();
  await one.stop();
  await pass(2_400);
  assert.equal((await bus.members.list()).length, 1);
  await pass(200);
  assert.deepEqual(await bus.members.list(), []);
  assert.equal(announced(), 1);
});

test('drain takes it out at once, and it does not come back', async () => {
  const one = member();
  await one.start();
  await one.drain();
  assert.deepEqual(await bus.members.list(), []);
  await pass(3_000);
  assert.deepEqual(await bus.members.list(), []);
});

test('drain waits for an announcement under way, so that it cannot land after the goodbye', async () => {
  const one = member();
  await one.start();
  const release: (() => void)[] = [];
  const real = bus.members.announce.bind(bus.members);
  bus.members.announce = (...args: Parameters<Bus['members']['announce']>) => new Promise<void>((resolve) => release.push(resolve)).then(() => real(...args));
  now += 500;
  mock.timers.tick(500);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(release.length, 1);
  const drained = one.drain();
  // Time enough for a goodbye that did not wait.
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve));
  for (const open of release) open();
  await drained;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await bus.members.list(), []);
});

test('start, drain and stop resolve during an outage, and the next announcement after it counts', async () => {
  gate.away = new Error('away');
  const one = member();
  await one.start();
  await pass(1_000);
  gate.away = undefined;
  await pass(500);
  assert.equal((await bus.members.list()).length, 1);
  gate.away = new Error('away');
  await one.drain();
  await one.stop();
});

test('an announcement that hangs is not joined by more', async () => {
  const one = member();
  await one.start();
  let hanging = 0;
  let answer = () => {};
  bus.members.announce = () => {
    hanging++;
    return new Promise<void>((resolve) => {
      answer = resolve;
    });
  };
  await pass(5_000);
  assert.equal(hanging, 1);
  // A stop waits for the announcement in progress, which the bus answers or refuses in time.
  answer();
});

test('who cannot measure itself is announced all the same', async () => {
  const one = member({ numbers: () => Promise.reject(new Error('no numbers')) });
  await one.start();
  assert.deepEqual(
    (await bus.members.list()).map(({ id, numbers }) => [id, numbers]),
    [[one.id, undefined]],
  );
});

test('two roles of one process are two members', async () => {
  const shared = runtime();
  const both = ['edge', 'relay'].map((role) => new Membership(shared, bus, { role, address: () => '', load: () => 0 }));
  opened.push(...both);
  for (const one of both) await one.start();
  assert.deepEqual((await bus.members.list()).map(({ id }) => id).sort(), [`edge@${shared.node}`, `relay@${shared.node}`]);
});
