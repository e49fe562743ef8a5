// The traffic counts of rooms: rates since the last write, longest waiting rooms first, all rooms at the end.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { createBus, type TrafficRow } from '@danmux/bus';
import { testRuntime } from '@danmux/testkit/unit';
import { TrafficCounter } from '../src/traffic-counter.ts';

const runtime = testRuntime({ after }, {}, { role: 'relay', version: '1', clock: { now: () => 9_000 } });
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
afterEach(() => mock.timers.reset());

test('counts of rooms are written within five seconds and add up in the store; rooms of users are not counted', async () => {
  const bus = createBus(runtime);
  const counter = new TrafficCounter(runtime, bus);
  await counter.start();
  for (const _ of [1, 2]) counter.sequenced('live:1', 'chat', 5);
  counter.shed('live:1', 'chat', 'budget', 3);
  counter.shed('live:1', 'chat', 'budget', 1);
  counter.sequenced('@1', 'control', 1);
  mock.timers.tick(4_999);
  await turn();
  assert.equal(await bus.traffic.find('live:1'), null);
  mock.timers.tick(1);
  await turn();
  const found = await bus.traffic.find('live:1');
  assert.deepEqual([found?.at, found?.sequenced.chat, found?.shed.chat], [9_000, 10, { budget: 4 }]);
  assert.ok((found?.perSecond.chat ?? 0) > 0, 'a rate');
  counter.sequenced('live:1', 'gift', 1);
  await counter.stop();
  assert.deepEqual((await bus.traffic.find('live:1'))?.sequenced, { control: 0, gift: 1, chat: 10, ambient: 0 });
  assert.equal(await bus.traffic.find('@1'), null);
});

/** A store that holds each call until `end`. */
function heldStore() {
  const calls: (readonly TrafficRow[])[] = [];
  let end = (_error?: Error) => {};
  const add = (rows: readonly TrafficRow[]) => {
    calls.push(rows);
    return new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve());
    });
  };
  return { calls, bus: { traffic: { add, find: async () => null } }, end: (error?: Error) => end(error) };
}

test('of many rooms the longest waiting are written first, in calls of 200; a failed call does not block the next', async () => {
  const { calls, bus, end } = heldStore();
  const counter = new TrafficCounter(runtime, bus);
  await counter.start();
  for (let index = 0; index < 250; index++) counter.sequenced(`r${index}`, 'chat', index + 1);
  mock.timers.tick(5_000);
  mock.timers.tick(5_000);
  assert.deepEqual([calls.length, calls[0]?.length, calls[0]?.[0]?.room], [1, 200, 'r0'], 'one that hangs gets one call');
  end(new Error('away'));
  await turn();
  assert.deepEqual([calls.length, calls[1]?.length, calls[1]?.[0]?.room], [2, 50, 'r200']);
  end();
  await turn();
  await counter.stop();
});

test('ten new quiet rooms a second beside 250 busy ones: all counts of every room are written without a long delay', async () => {
  const told = new Map<string, number>();
  let most = 0;
  const add = async (rows: readonly TrafficRow[]) => {
    most = Math.max(most, rows.length);
    for (const { room, counts } of rows) told.set(room, (told.get(room) ?? 0) + (counts.sequenced?.chat ?? 0));
  };
  const counter = new TrafficCounter(runtime, { traffic: { add, find: async () => null } });
  await counter.start();
  for (let second = 0; second < 600; second++) {
    for (let busy = 0; busy < 250; busy++) counter.sequenced(`busy${busy}`, 'chat', 10);
    for (let quiet = 0; quiet < 10; quiet++) counter.sequenced(`quiet${second}-${quiet}`, 'chat', 1);
    mock.timers.tick(1_000);
    await turn();
    await turn();
    if (second >= 10) for (let quiet = 0; quiet < 10; quiet++) assert.equal(told.get(`quiet${second - 10}-${quiet}`), 1);
  }
  await counter.stop();
  assert.deepEqual([told.size, told.get('busy7'), most], [6_250, 6_000, 200]);
});

test('rooms above the cap are skipped and counted as skipped; all waiting rooms are written at the end', async () => {
  const { calls, bus, end } = heldStore();
  const counter = new TrafficCounter(runtime, bus);
  for (let index = 0; index < 20_010; index++) counter.sequenced(`r${index}`, 'gift', 1);
  assert.equal((await runtime.metrics.trafficLost.get()).values[0]?.value, 10);
  const stopped = counter.stop();
  for (let call = 0; call < 100; call++) {
    await turn();
    end();
  }
  await stopped;
  assert.equal(calls.flat().length, 20_000);
});
