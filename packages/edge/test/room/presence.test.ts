// Tests of online counts: reported, summed over edges, and sent to the room at most once a second and only when changed.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus, type RoomPulse } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { gated, testConfig, testRuntime } from '@danmux/testkit/unit';
import { Hub } from '../../src/room/hub.ts';
import { Presence } from '../../src/room/presence.ts';
import type { Session } from '../../src/session/session.ts';
import { viewerOf } from '../../src/viewer/viewer.ts';
import { fakeSession } from '../fake-session.ts';

const set = { 'edge.presence_interval_ms': 500, 'edge.presence_ttl_ms': 8_000 };
const config = testConfig(set);

/** One clock for the bus's ttl, the interval and the monotonic time. */
let now: number;
const clock = { now: () => now };
const runtimeOf = (): Runtime => testRuntime({ after }, set, { role: 'edge', clock });

let store: Bus;
let bus: Bus;
let reported: (() => Promise<void>) | undefined;
let parts: Presence[];
beforeEach(() => {
  now = 1_000_000;
  mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
  mock.method(performance, 'now', () => now);
  store = createBus(runtimeOf());
  reported = undefined;
  const gate = gated(store);
  gate.wrap('presence.report', async (next, ...args) => {
    const result = await next(...args);
    // The store has the report, but its reply is delayed.
    await reported?.();
    return result;
  });
  bus = gate.open;
  parts = [];
});
afterEach(async () => {
  reported = undefined;
  await Promise.all(parts.map((presence) => presence.stop()));
  mock.timers.reset();
  mock.restoreAll();
});

class Edge {
  readonly hub = new Hub();
  readonly told: number[] = [];
  readonly toldAt: number[] = [];
  readonly pulses: ReadonlyMap<string, RoomPulse>[] = [];
  readonly presence = new Presence(runtimeOf(), bus, {
    hub: this.hub,
    feeds: { pulse: (pulses) => void this.pulses.push(pulses) },
    fanOut: {
      event: (where, event) => {
        for (const session of this.hub.sessionsIn(where)?.list ?? []) session.deliver(where, event);
      },
    },
  });
  readonly #sessions: Session[] = [];

  async start(): Promise<this> {
    parts.push(this.presence);
    await this.presence.start();
    return this;
  }
  join(count = 1, room = 'r'): void {
    for (let i = 0; i < count; i++) {
      const first = this.#sessions.length === 0;
      const deliver = (_room: string, { packets: [packet = ''] }: { packets: readonly string[] }) => {
        if (!first) return;
        this.told.push(JSON.parse(packet.slice(1))[1].online);
        this.toldAt.push(now);
      };
      const session = fakeSession({ deliver });
      this.#sessions.push(session);
      this.hub.add(room, session);
    }
  }
  leave(count = 1, room = 'r'): void {
    for (const session of this.#sessions.splice(-count)) this.hub.remove(room, session);
  }
}
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 100) {
    now += 100;
    mock.timers.tick(100);
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('sends the room the online count of all edges, once and then only when it changes', async () => {
  const [one, two] = [await new Edge().start(), await new Edge().start()];
  one.join(3);
  two.join(2);
  await pass(3_000);
  assert.deepEqual([one.told.at(-1), two.told.at(-1)], [5, 5]);
  const before = one.told.length;
  await pass(5_000);
  assert.equal(one.told.length, before);
  two.join(1);
  await pass(2_000);
  assert.deepEqual([one.told.at(-1), two.told.at(-1)], [6, 6]);
});

test('sends at most once a second, and the latest count in the end', async () => {
  const edge = await new Edge().start();
  edge.join(1);
  for (let i = 0; i < 20; i++) {
    edge.join(1);
    await pass(100);
  }
  assert.ok(edge.told.length <= 3, `${edge.told.length} times in two seconds`);
  await pass(1_500);
  assert.equal(edge.told.at(-1), 21);
});

test('a change within the second is sent when the second is over, not at the next report', async () => {
  const edge = await new Edge().start();
  edge.join(1);
  let answer = () => {};
  reported = () => new Promise((resolve) => (answer = resolve));
  await pass(700);
  reported = undefined;
  answer();
  await pass(100);
  edge.join(1);
  await pass(1_100);
  assert.deepEqual(edge.told, [1, 2]);
  const [first = 0, second = 0] = edge.toldAt;
  assert.ok(second - first >= 1_000 && second - first <= 1_100, `${second - first} ms apart`);
});

test('the count at a join is up to date on this edge, without a report', async () => {
  const edge = await new Edge().start();
  edge.join(2);
  assert.equal(await edge.presence.online('r'), 2);
  await pass(600);
  edge.join(3);
  assert.equal(await edge.presence.online('r'), 5);
  edge.leave(1);
  assert.equal(await edge.presence.online('r'), 4);
});

test('viewers of a report that is under way are not counted twice', async () => {
  const edge = await new Edge().start();
  edge.join(1);
  let answer = () => {};
  reported = () => new Promise((resolve) => (answer = resolve));
  await pass(500);
  edge.join(1);
  const online = edge.presence.online('r');
  answer();
  assert.equal(await online, 2);
});

test('a room that emptied is reported away at the next interval, and no longer then', async () => {
  const edge = await new Edge().start();
  edge.join(2);
  await pass(600);
  assert.equal(await store.presence.online('r'), 2);
  edge.leave(2);
  await pass(600);
  assert.equal(await store.presence.online('r'), 0);
  const reports = edge.pulses.length;
  await pass(3_000);
  assert.equal(edge.pulses.length, reports, 'nothing to say');
});

test('an edge that died is counted out after its ttl; one that stops at once', async () => {
  const [lives, stops] = [await new Edge().start(), await new Edge().start()];
  lives.join(1);
  stops.join(100);
  // The last report of an edge that was killed.
  await store.presence.report('killed', new Map([['r', 10]]), config.edge.presence_ttl_ms);
  await pass(1_000);
  assert.equal(await lives.presence.online('r'), 111);
  await stops.presence.stop();
  await pass(500);
  assert.equal(await lives.presence.online('r'), 11);
  await pass(6_000);
  assert.equal(await lives.presence.online('r'), 11, 'its ttl has not ended');
  await pass(1_500);
  assert.equal(await lives.presence.online('r'), 1);
});

test('a report that fails is made up for by the next, and its viewers keep their numbers', async () => {
  const edge = await new Edge().start();
  edge.join(2);
  reported = () => Promise.reject(new Error('away'));
  await pass(1_000);
  assert.deepEqual(edge.told, []);
  reported = undefined;
  await pass(1_000);
  assert.deepEqual(edge.told, [2]);
});

test('hands on what each report learned of the rooms', async () => {
  const edge = await new Edge().start();
  edge.join(1);
  await pass(500);
  assert.equal(edge.pulses[0]?.get('r')?.online, 1);
});

test('the member list is reported with the counts; a list that the store lost is sent again', async () => {
  const [one, two] = [await new Edge().start(), await new Edge().start()];
  const viewer = (id: string) => viewerOf({ sub: id, exp: 1 });
  one.join(2);
  two.join(1);
  for (const id of ['ann', 'bob']) one.presence.entered('r', viewer(id));
  two.presence.entered('r', viewer('ann'));
  await pass(500);
  const { online, users, members, complete } = await one.presence.audience('r', viewer('ann'));
  assert.deepEqual([online, users, members, complete], [3, 2, [{ id: 'ann' }, { id: 'bob' }], true]);
  (store as unknown as { wipe(): void }).wipe();
  await pass(500);
  await pass(500);
  assert.deepEqual((await store.presence.audience('r')).users, 2);
  one.leave(1);
  one.presence.left('r', viewer('bob'));
  await pass(1_500);
  assert.deepEqual((await two.presence.audience('r', viewer('ann'))).members, [{ id: 'ann' }]);
});
