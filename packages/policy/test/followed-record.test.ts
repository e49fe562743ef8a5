// A record that is followed as a whole is read at the start, at every change, after an outage, and when a change was told to nobody.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus, type RecordState } from '@danmux/bus';
import { LossyRecords, settled } from '@danmux/testkit/lossy-records';
import { testRuntime } from '@danmux/testkit/unit';
import { FollowedRecord } from '../src/followed-record.ts';

/** Versions begin at the time: at 1. */
const runtime = testRuntime({ after }, {}, { clock: { now: () => 1 } });

let bus: Bus;
let records: LossyRecords;
let followed: FollowedRecord;
let read: (state: RecordState) => boolean;
/** What the reader was told, in words. */
let told: string[];

beforeEach(async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  bus = createBus(runtime);
  await bus.start();
  records = new LossyRecords(bus.records);
  told = [];
  read = () => true;
  followed = new FollowedRecord(runtime, { records }, 'words', {
    read: (state) => {
      told.push(`read ${state.version}:${[...state.fields.keys()].join()}`);
      return read(state);
    },
    changed: (fields) => told.push(`changed ${[...fields.keys()].join()}`),
  });
});
afterEach(async () => {
  await followed.stop();
  await bus.stop();
  mock.timers.reset();
});

const set = (name: string) => bus.records.set('words', new Map([[name, { value: '' }]]));
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await settled();
}

test('it is read at the start and at every change, which is reported at once; other records are not followed', async () => {
  await set('a');
  await followed.start();
  assert.deepEqual(told, ['read 1:a']);
  await set('b');
  await bus.records.set('keys', new Map([['k', { value: '' }]]));
  await settled();
  assert.deepEqual(told, ['read 1:a', 'changed b', 'read 2:a,b']);
  assert.deepEqual([...new Set(records.reads)], ['words']);
});

test('a change without a notification is seen within some seconds; a known version costs no read', async () => {
  await followed.start();
  records.deaf = true;
  await set('lost');
  await settled();
  assert.deepEqual(told, ['read 0:']);
  await pass(12_500);
  assert.deepEqual(told, ['read 0:', 'read 1:lost']);
  for (let rounds = 0; rounds < 5; rounds++) await pass(12_500);
  assert.equal(records.reads.length, 2);
  assert.ok(records.looks.length >= 6, 'it looked');
});

test('a record with a missing part is checked soon, then less often, and read when it has changed', async () => {
  read = ({ version }) => version > 1;
  await set('half');
  await followed.start();
  records.deaf = true;
  await pass(63);
  assert.equal(records.looks.length, 1, 'soon');
  for (let rounds = 0; rounds < 60; rounds++) await pass(1_000);
  assert.ok(records.looks.length < 20, `it looked ${records.looks.length} times`);
  assert.deepEqual(told, ['read 1:half'], 'what did not change is not whole now');
  await set('other');
  await pass(12_500);
  assert.deepEqual(told, ['read 1:half', 'read 2:half,other']);
});

test('a state older than the last reported one is not reported', async () => {
  await set('a');
  records.onRead = async ({ version }) => {
    if (version > 1) return;
    await set('b');
    await settled();
  };
  await followed.start();
  await settled();
  assert.deepEqual(told, ['changed b', 'read 2:a,b']);
});

test('news that come late change nothing', async () => {
  await set('a');
  await set('b');
  await followed.start();
  records.tell({ record: 'words', version: 1, before: 0, fields: new Map([['a', null]]) });
  await settled();
  assert.deepEqual(told, ['read 2:a,b']);
});

test('after an outage it is read at any version, also when the outage ends during a read', async () => {
  await set('a');
  await followed.start();
  records.resume();
  await settled();
  assert.deepEqual(told, ['read 1:a', 'read 1:a']);
  records.onRead = () => {
    records.onRead = () => {};
    records.resume();
  };
  records.resume();
  await settled();
  assert.equal(told.length, 4);
});

test('during an outage it retries; `refresh` resolves all the same', async () => {
  records.away = true;
  await followed.start();
  await followed.refresh();
  assert.deepEqual(told, []);
  records.away = false;
  await pass(2_000);
  assert.deepEqual(told, ['read 0:']);
});

test('what its reader could not do is done again', async () => {
  await followed.start();
  read = ({ version }) => {
    read = () => true;
    throw new Error(`odd ${version}`);
  };
  await set('a');
  await settled();
  await pass(50);
  assert.deepEqual(told, ['read 0:', 'changed a', 'read 1:a', 'read 1:a']);
});

test('a store that does not answer does not delay the start', async () => {
  let answer = () => {};
  records.onRead = () => new Promise<void>((resolve) => (answer = resolve));
  let started = false;
  const starting = followed.start().then(() => {
    started = true;
  });
  await pass(1_999);
  assert.equal(started, false);
  await pass(1);
  await starting;
  answer();
  await settled();
  assert.deepEqual(told, ['read 0:']);
});
