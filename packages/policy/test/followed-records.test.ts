// A change of a followed record that was told to nobody is found by its version, which is looked at once a round, evenly over it.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, mock, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { LossyRecords, settled } from '@danmux/testkit/lossy-records';
import { eventually, type RedisServer, startRedis, testRuntime } from '@danmux/testkit/unit';
import { FollowedRecords } from '../src/followed-records.ts';

interface Followed {
  readonly runtime: Runtime;
  readonly bus: Bus;
  readonly records: LossyRecords;
  readonly followed: FollowedRecords<string>;
  readonly told: string[];
  set(record: string, value: string): Promise<number>;
}

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  mock.timers.reset();
});

async function follow(set: Readonly<Record<string, unknown>> = {}): Promise<Followed> {
  const runtime = testRuntime({ after }, set);
  const bus = createBus(runtime);
  await bus.start();
  opened.push(() => bus.stop());
  const records = new LossyRecords(bus.records);
  const told: string[] = [];
  const followed = new FollowedRecords<string>(
    runtime,
    { records },
    { read: (_record, _name, value) => value, changed: (record, _name, now) => told.push(`${record} ${now?.value}`) },
  );
  opened.push(() => followed.stop());
  await followed.start();
  return { runtime, bus, records, followed, told, set: (record, value) => bus.records.set(record, new Map([['f', { value }]])) };
}

/** In steps that no turn is shorter than. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 250) {
    mock.timers.tick(250);
    await settled();
  }
}

const room = (at: number) => `room:live:${at}`;
const roundMs = 30_000;

test('a thousand rooms are looked at evenly, each once a round, and none is read', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { records, followed } = await follow();
  const rooms = Array.from({ length: 1_000 }, (_, at) => room(at));
  await Promise.all(rooms.map((record) => followed.hold(record)));
  records.reads.splice(0);
  let most = 0;
  for (let seconds = 0; seconds < roundMs / 1_000 && records.looks.length < rooms.length; seconds++) {
    const before = records.looks.length;
    await pass(1_000);
    most = Math.max(most, records.looks.length - before);
  }
  assert.ok(most <= 2 * Math.ceil(1_000 / 30), `${most} of them in a second`);
  await pass(roundMs / 4);
  assert.deepEqual(new Set(records.looks.slice(0, 1_000)), new Set(rooms), 'all of them, none twice');
  assert.deepEqual(records.reads, []);
});

test('a change without a notification is in force and reported after at most one round, once', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { records, followed, told, set } = await follow();
  await Promise.all([1, 2, 3].map((at) => followed.hold(room(at))));
  records.reads.splice(0);
  records.deaf = true;
  await set(room(2), 'lost');
  await pass(1.25 * roundMs);
  assert.equal(followed.get(room(2), 'f')?.value, 'lost');
  await pass(1.25 * roundMs);
  assert.deepEqual([told, records.reads], [[`${room(2)} lost`], [room(2)]]);
});

test('records without a holder are not checked, and are checked when held again', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { records, followed, set } = await follow();
  await followed.hold(room(1));
  followed.leave(room(1));
  await pass(1.25 * roundMs);
  assert.deepEqual(records.looks, []);
  await followed.hold(room(1));
  records.deaf = true;
  await set(room(1), 'lost');
  await pass(1.25 * roundMs);
  assert.equal(followed.get(room(1), 'f')?.value, 'lost');
});

test('checks pause during an outage and continue after it', async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const { runtime, records, followed, set } = await follow();
  await followed.hold(room(1));
  records.deaf = true;
  records.away = true;
  await pass(2 * roundMs);
  assert.ok(records.looks.length <= 3, `${records.looks.length} looks`);
  assert.equal(followed.knows(room(1)), true);
  const { values } = await runtime.metrics.caught.get();
  assert.deepEqual(
    values.map(({ labels: { where } }) => where),
    ['followed-records'],
  );
  records.away = false;
  await set(room(1), 'later');
  await pass(1.25 * roundMs);
  assert.equal(followed.get(room(1), 'f')?.value, 'later');
});

describe('on both engines', () => {
  let redis: RedisServer;
  before(async () => {
    redis = await startRedis();
  });
  after(() => redis.stop());

  for (const engine of ['memory', 'redis'] as const)
    test(`${engine}: changes without a notification are found`, async () => {
      const { bus, records, followed, told, set } = await follow({
        'cluster.recheck_ms': 100,
        ...(engine === 'redis' ? { 'redis.url': redis.url } : {}),
      });
      await eventually(() => bus.health());
      await Promise.all([followed.hold(room(1)), followed.keep('everywhere')]);
      records.deaf = true;
      await set(room(1), 'lost');
      await set('everywhere', 'lost too');
      await eventually(() => assert.deepEqual([...told].sort(), ['everywhere lost too', `${room(1)} lost`]));
    });
});

test('a record that was rolled back and changed as often since is read again, and its new fields are in force', async () => {
  const { bus, followed } = await follow();
  const store = bus.records;
  const field = (name: string) => new Map([[name, { value: '1' }]]);
  await store.set(room(1), field('kept'));
  await followed.hold(room(1));
  const before = await store.version(room(1));
  await store.set(room(1), field('forgotten'));
  await eventually(() => assert.ok(followed.get(room(1), 'forgotten')));
  const version = (await store.version(room(1))) + 1;
  store.get = async () => ({ version, fields: new Map([...field('kept'), ...field('new')]) });
  followed.changed({ record: room(1), version, before, fields: field('new') });
  await eventually(() => assert.equal(followed.get(room(1), 'forgotten'), undefined));
  assert.ok(followed.get(room(1), 'new') && followed.get(room(1), 'kept'));
});

test('a record that ended while it was followed and begins again is in force at its first change', async () => {
  const { bus, followed, told, set } = await follow();
  await followed.hold(room(1));
  for (const value of ['1', '2']) await set(room(1), value);
  const last = await bus.records.set(room(1), new Map([['f', null]]));
  await eventually(() => assert.equal(followed.get(room(1), 'f'), undefined));
  (bus.records as Bus['records'] & { clear(): void }).clear();
  await eventually(() => assert.ok(Date.now() > last + 1, 'the hour, for which a few milliseconds do'));
  await set(room(1), 'again');
  await eventually(() => assert.equal(followed.get(room(1), 'f')?.value, 'again'));
  assert.equal(told.filter((line) => line.endsWith('again')).length, 1);
});
