// The lists in force are those of the record, also when nobody was told that it changed; what did not change is not compiled again.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { type Bus, createBus } from '@danmux/bus';
import { encodeWordList, ruleRecords } from '@danmux/policy';
import { LossyRecords, settled } from '@danmux/testkit/lossy-records';
import { WordLists } from '../../../src/moderation/filter/word-lists.ts';
import { hookRuntime } from './hook-server.ts';

let bus: Bus;
let records: LossyRecords;
let words: WordLists;

beforeEach(async () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const runtime = hookRuntime('');
  bus = createBus(runtime);
  await bus.start();
  records = new LossyRecords(bus.records);
  // A bus with other records; nothing else of it is asked for.
  words = new WordLists(runtime, { records } as unknown as Bus);
});
afterEach(async () => {
  await words.stop();
  await bus.stop();
  mock.timers.reset();
});

const put = (name: string, word: string) => bus.records.set(ruleRecords.words, encodeWordList(name, { action: 'block', words: [word] }, name, []));
const actionOf = (text: string) => words.filter?.judge('live:1', text).action;
async function pass(ms: number): Promise<void> {
  mock.timers.tick(ms);
  await settled();
}

test('a list is in force after a notified change, and some seconds after one without a notification', async () => {
  await words.start();
  await put('first', 'bad');
  await settled();
  assert.equal(actionOf('bad'), 'block');
  records.deaf = true;
  await put('second', 'odd');
  await settled();
  assert.equal(actionOf('odd'), 'pass');
  await pass(12_500);
  assert.deepEqual([actionOf('odd'), actionOf('bad')], ['block', 'block']);
});

test('a version that is known is neither read nor compiled again', async () => {
  await put('first', 'bad');
  await words.start();
  const { filter } = words;
  for (let rounds = 0; rounds < 4; rounds++) await pass(12_500);
  assert.ok(records.looks.length >= 4, 'it looked');
  assert.equal(records.reads.length, 1);
  assert.equal(words.filter, filter);
});

test('a missing part is not compiled again and again, and is in force when it arrives, with or without a notification', async () => {
  const list = Array.from({ length: 8_000 }, (_, at) => `number ${at} of them`);
  const fields = [...encodeWordList('long', { action: 'block', words: list }, 'new', [])];
  assert.ok(fields.length > 1, 'it has parts');
  await bus.records.set(ruleRecords.words, new Map(fields.slice(0, 1)));
  await words.start();
  const { filter } = words;
  assert.ok(filter, 'what is whole is in force');
  for (let rounds = 0; rounds < 20; rounds++) await pass(100);
  assert.equal(words.filter, filter);
  assert.equal(actionOf('number 0 of them'), 'pass');
  records.deaf = true;
  await bus.records.set(ruleRecords.words, new Map(fields.slice(1)));
  await pass(12_500);
  while (words.filter === filter) await settled();
  assert.equal(actionOf('number 7999 of them'), 'block');
});
