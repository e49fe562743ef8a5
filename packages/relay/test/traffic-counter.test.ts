// What a relay counted in rooms: rates since it told last, the busiest first, the rest later and at the end.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { createBus, type TrafficRow } from '@danmux/bus';
import { createRuntime, loadConfig } from '@danmux/runtime';
import { TrafficCounter } from '../src/traffic-counter.ts';

const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32), 'log.level': 'silent' };
const { config } = loadConfig({ environment: 'test', dir: 'none', env: {}, set: secrets });
const runtime = createRuntime({ config, role: 'relay', version: '1', processMetrics: false, clock: { now: () => 9_000 } });
const turn = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }));
afterEach(() => mock.timers.reset());

test('counts of rooms go to the store in five seconds, and add up there; rooms of users do not', async () => {
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

test('of many rooms the busiest first; a store that fails costs a line, one that hangs gets one call', async () => {
  const calls: (readonly TrafficRow[])[] = [];
  let end = (_error?: Error) => {};
  const add = (rows: readonly TrafficRow[]) => {
    calls.push(rows);
    return new Promise<void>((resolve, reject) => {
      end = (error) => (error ? reject(error) : resolve());
    });
  };
  const counter = new TrafficCounter(runtime, { traffic: { add, find: async () => null } });
  await counter.start();
  for (let index = 0; index < 250; index++) counter.sequenced(`r${index}`, 'chat', index + 1);
  mock.timers.tick(5_000);
  mock.timers.tick(5_000);
  assert.deepEqual([calls.length, calls[0]?.length, calls[0]?.[0]?.room], [1, 200, 'r249']);
  end(new Error('away'));
  await turn();
  mock.timers.tick(5_000);
  assert.deepEqual([calls.length, calls[1]?.length, calls[1]?.[0]?.room], [2, 50, 'r49']);
  end();
  await turn();
  await counter.stop();
});
