// The rules of rooms follow the store: they are known before anybody is let in, change with it, end by themselves, and stay in force
// while it is away.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, test } from 'node:test';
import { type Bus, createBus, type RecordField } from '@danmux/bus';
import { LossyRecords } from '@danmux/testkit/lossy-records';
import { testRuntime } from '@danmux/testkit/unit';
import { ruleRecords, sanctionField } from '../src/record-names.ts';
import { type RuleChange, Rules } from '../src/rules.ts';

const room = 'live:1';

let now = 1_000_000;
const runtime = testRuntime({ after }, {}, { clock: { now: () => now } });
let bus: Bus;
let records: LossyRecords;
let told: RuleChange[];
let rules: Rules;

beforeEach(async () => {
  now = 1_000_000;
  told = [];
  bus = createBus(runtime);
  await bus.start();
  records = new LossyRecords(bus.records);
  rules = new Rules(runtime, { records }, (change) => told.push(change));
});
afterEach(async () => {
  await rules.stop();
  await bus.stop();
});

const sanction = (until?: number): RecordField => ({
  value: JSON.stringify({ by: 'key', at: now, ...(until ? { until } : {}) }),
  ...(until ? { until } : {}),
});
const set = (record: string, fields: Record<string, RecordField | null>) => bus.records.set(record, new Map(Object.entries(fields)));
const ban = (user: string) => sanctionField('ban', user);
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
async function eventually(check: () => void): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      check();
      return;
    } catch (error) {
      if (tries > 400) throw error;
    }
    await turn();
  }
}

test('a room is read once when it is first held, by all who hold it together, and no more after', async () => {
  await set(ruleRecords.room(room), { modes: { value: '{"slow_ms":500}' }, [ban('ann')]: sanction() });
  await rules.start();
  await Promise.all([rules.hold(room), rules.hold(room)]);
  await rules.hold(room);
  assert.deepEqual(rules.modes(room), { slow_ms: 500 });
  assert.equal(rules.sanction('ban', 'ann', room)?.by, 'key');
  assert.equal(rules.sanction('ban', 'bob', room), undefined);
  assert.deepEqual(records.reads, ['everywhere', 'room:live:1']);
  assert.deepEqual(told, [], 'what was there before is no news');
});

test('changes are in force and reported at once; lifting is reported, expiry is not', async () => {
  await rules.start();
  await rules.hold(room);
  await set(ruleRecords.room(room), { [ban('ann')]: sanction(), [sanctionField('mute', 'bob')]: sanction(now + 100) });
  await eventually(() => assert.equal(told.length, 2));
  assert.equal(rules.sanction('mute', 'bob', room)?.until, now + 100);
  now += 100;
  assert.equal(rules.sanction('mute', 'bob', room), undefined);
  await set(ruleRecords.room(room), { [ban('ann')]: null, modes: { value: '{"mute_all":true}' }, [sanctionField('mute', 'bob')]: null });
  await eventually(() => assert.deepEqual(rules.modes(room), { mute_all: true }));
  assert.deepEqual(
    told.map(({ kind, user, sanction }) => [kind, user, sanction !== null]),
    [
      ['ban', 'ann', true],
      ['mute', 'bob', true],
      ['ban', 'ann', false],
    ],
  );
});

test('a ban everywhere is in force in every room; of two the longer one counts', async () => {
  await set(ruleRecords.everywhere, { [ban('ann')]: sanction(now + 500) });
  await rules.start();
  await rules.hold(room);
  assert.deepEqual(
    told.map(({ room: where, user }) => [where, user]),
    [[null, 'ann']],
    'who came before the bans were known is told of',
  );
  assert.equal(rules.sanction('ban', 'ann', room)?.until, now + 500);
  await set(ruleRecords.room(room), { [ban('ann')]: sanction(now + 900) });
  await eventually(() => assert.equal(rules.sanction('ban', 'ann', room)?.until, now + 900));
  await set(ruleRecords.everywhere, { [ban('ann')]: sanction() });
  await eventually(() => assert.equal(rules.everywhere('ban', 'ann')?.until, undefined));
  assert.equal(rules.sanction('ban', 'ann', room)?.until, undefined);
});

test('a room cannot be held while its rules are unknown during an outage; known rules stay in force', async () => {
  records.away = true;
  await rules.start();
  await assert.rejects(rules.hold(room), /away/);
  records.away = false;
  await set(ruleRecords.room(room), { [ban('ann')]: sanction() });
  await rules.hold(room);
  records.away = true;
  records.resume();
  await eventually(() => assert.ok(records.reads.length > 5, 'it tries again and again'));
  assert.ok(rules.sanction('ban', 'ann', room), 'the last known');
});

test('missed changes are read at a hole in the versions and after an outage; a kick of that time is reported once', async () => {
  await rules.start();
  await rules.hold(room);
  records.deaf = true;
  await set(ruleRecords.room(room), { [sanctionField('kick', 'ann')]: sanction(now + 60_000), [ban('bob')]: sanction() });
  await turn();
  assert.deepEqual(told, []);
  records.deaf = false;
  await set(ruleRecords.room(room), { [ban('eve')]: sanction() });
  await eventually(() => assert.deepEqual(told.map(({ user }) => user).sort(), ['ann', 'bob', 'eve']));
  records.deaf = true;
  await set(ruleRecords.room(room), { [ban('bob')]: null });
  await turn();
  records.resume();
  await eventually(() => assert.equal(rules.sanction('ban', 'bob', room), undefined));
  records.resume();
  const before = records.reads.length;
  await eventually(() => assert.ok(records.reads.length > before, 'it was read again'));
  await turn();
  assert.deepEqual(
    told.slice(3).map(({ user, sanction }) => [user, sanction]),
    [['bob', null]],
  );
});

test('a store that came back empty is followed, although its versions are lower', async () => {
  await rules.start();
  await rules.hold(room);
  for (let i = 0; i < 5; i++) await set(ruleRecords.room(room), { [ban(`u${i}`)]: sanction() });
  await eventually(() => assert.equal(told.length, 5));
  const empty = createBus(runtime);
  const { get } = bus.records;
  bus.records.get = (record) => empty.records.get(record);
  records.resume();
  await eventually(() => assert.equal(told.length, 10));
  bus.records.get = get;
  records.tell({ record: ruleRecords.room(room), version: 1, before: 0, fields: new Map([[ban('new'), sanction()]]) });
  assert.ok(rules.sanction('ban', 'new', room), 'the first change of the new store counts');
});

test('a room without a holder is forgotten and read anew', async () => {
  await rules.start();
  await rules.hold(room);
  await rules.hold(room);
  rules.leave(room);
  assert.equal(rules.rooms, 1);
  rules.leave(room);
  assert.equal(rules.rooms, 0);
  await set(ruleRecords.room(room), { [ban('ann')]: sanction() });
  await turn();
  assert.deepEqual(told, []);
  await rules.hold(room);
  assert.ok(rules.sanction('ban', 'ann', room), 'read anew');
});

test('a rule that cannot be read is in force all the same', async () => {
  await set(ruleRecords.room(room), { [ban('ann')]: { value: 'x' }, modes: { value: '"' } });
  await rules.start();
  await rules.hold(room);
  assert.ok(rules.sanction('ban', 'ann', room), 'banned');
  assert.deepEqual(rules.modes(room), {});
});
