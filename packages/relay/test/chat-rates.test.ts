// The rate of a room is that of its record: at the first read, at every change, and after an outage.
import assert from 'node:assert/strict';
import { after, afterEach, test } from 'node:test';
import { type Bus, createBus, type RecordField, type RecordState, type RecordWatcher } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { eventually, testRuntime } from '@danmux/testkit/unit';
import { ChatRates } from '../src/chat-rates.ts';

const modes = (value: unknown): Map<string, RecordField> => new Map([['modes', { value: typeof value === 'string' ? value : JSON.stringify(value) }]]);

let open: { rates: ChatRates; bus: Bus }[] = [];
afterEach(async () => {
  for (const { rates, bus } of open) {
    await rates.stop();
    await bus.stop();
  }
  open = [];
});

async function fixture(records: (bus: Bus) => Partial<Bus['records']> = () => ({})) {
  const runtime: Runtime = testRuntime({ after });
  const bus = createBus(runtime);
  await bus.start();
  const { records: real } = bus;
  const seen = {
    records: {
      get: (record: string) => real.get(record),
      version: (record: string) => real.version(record),
      watch: (watcher: RecordWatcher) => real.watch(watcher),
      ...records(bus),
    },
  } as unknown as Bus;
  const rates = new ChatRates(runtime, seen);
  open.push({ rates, bus });
  const told: (number | undefined)[] = [];
  const follow = (room = 'live:1') => rates.follow(room, (rate) => told.push(rate));
  const caught = async () => (await runtime.metrics.caught.get()).values.reduce((sum, { value }) => sum + value, 0);
  return { bus, rates, told, follow, caught };
}

test('the rate is applied before `follow` resolves, and at every change', async () => {
  const { bus, rates, told, follow } = await fixture();
  await bus.records.set('room:live:1', modes({ slow_ms: 5, chat_per_second: 7 }));
  await rates.start();
  await follow();
  assert.deepEqual(told, [7]);
  await bus.records.set('room:live:1', modes({ chat_per_second: 0 }));
  await bus.records.set('room:live:1', new Map([['mute:ann', { value: '{}' }]]));
  await bus.records.set('room:live:2', modes({ chat_per_second: 9 }));
  await bus.records.set('room:live:1', modes({ slow_ms: 5 }));
  await bus.records.set('room:live:1', modes({ chat_per_second: 3 }));
  await bus.records.set('room:live:1', new Map([['modes', null]]));
  await eventually(() => assert.deepEqual(told, [7, 0, undefined, 3, undefined]));
});

test('a forgotten room gets no changes; one that is followed again is read again', async () => {
  const { bus, rates, told, follow } = await fixture();
  await rates.start();
  await follow();
  rates.forget('live:1');
  await bus.records.set('room:live:1', modes({ chat_per_second: 5 }));
  await follow();
  assert.deepEqual(told, [undefined, 5]);
  await bus.records.set('room:live:1', modes({ chat_per_second: 6 }));
  await eventually(() => assert.deepEqual(told, [undefined, 5, 6]));
});

test('an invalid rate is none, and modes that are not JSON are counted', async () => {
  const { bus, rates, told, follow, caught } = await fixture();
  await rates.start();
  await follow();
  for (const value of [{ chat_per_second: 'x' }, { chat_per_second: -1 }, 'no JSON', { chat_per_second: 1.5 }])
    await bus.records.set('room:live:1', modes(value));
  await eventually(() => assert.deepEqual(told, [undefined, undefined, undefined, undefined, 1.5]));
  assert.equal(await caught(), 1);
});

test('after an outage all rooms are read again, also from a store that lost its records', async () => {
  let watcher: RecordWatcher | undefined;
  const states: RecordState[] = [
    { version: 9, fields: modes({ chat_per_second: 9 }) },
    { version: 1, fields: modes({ chat_per_second: 1 }) },
  ];
  const { rates, told, follow } = await fixture(() => ({
    get: async () => states.shift() ?? { version: 0, fields: new Map() },
    watch: async (given) => {
      watcher = given;
      return { close: async () => {} };
    },
  }));
  await rates.start();
  await follow();
  watcher?.resumed();
  await eventually(() => assert.deepEqual(told, [9, 1]));
  watcher?.changed({ record: 'room:live:1', version: 2, before: 1, fields: modes({ chat_per_second: 2 }) });
  assert.deepEqual(told, [9, 1, 2]);
});

test('a watch and a read that fail stop nothing: both are tried again, and then the rate is applied', async () => {
  let refusals = 2;
  let reads = 0;
  const { bus, told, follow, caught } = await fixture((real) => ({
    get: async (record) => {
      if (reads++ === 0) throw new Error('away');
      return real.records.get(record);
    },
    watch: async (watcher) => {
      if (refusals-- > 0) throw new Error('away');
      return real.records.watch(watcher);
    },
  }));
  await bus.records.set('room:live:1', modes({ chat_per_second: 4 }));
  await follow();
  assert.deepEqual(told, []);
  await eventually(() => assert.deepEqual(told, [4]));
  assert.equal(await caught(), 3);
  await bus.records.set('room:live:1', modes({ chat_per_second: 5 }));
  await eventually(() => assert.deepEqual(told, [4, 5]));
});

test('a room that is followed again gets the rate that is known, without another read', async () => {
  let reads = 0;
  const { bus, told, follow } = await fixture((real) => ({
    get: (record) => {
      reads++;
      return real.records.get(record);
    },
  }));
  await bus.records.set('room:live:1', modes({ chat_per_second: 4 }));
  await follow();
  await follow();
  assert.deepEqual([told, reads], [[4, 4], 1]);
});

test('after a stop no watch is tried', async () => {
  let tries = 0;
  const { rates, follow } = await fixture(() => ({
    watch: async () => {
      tries++;
      throw new Error('away');
    },
  }));
  await follow();
  await rates.stop();
  const before = tries;
  await follow('live:2');
  assert.equal(tries, before);
});
