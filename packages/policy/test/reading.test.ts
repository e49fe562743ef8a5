// One reading at a time, none that is asked for forgotten, and another try after each failure.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { settled } from '@danmux/testkit/lossy-records';
import { Reading } from '../src/reading.ts';

let begun: { resolve(about?: number): void; reject(error: Error): void }[];
let failures: number[];
let reading: Reading;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  begun = [];
  failures = [];
  reading = new Reading({
    read: () => new Promise((resolve, reject) => begun.push({ resolve, reject })),
    failed: (_error, times) => failures.push(times),
  });
});
afterEach(async () => {
  for (const { resolve } of begun) resolve();
  await reading.stop();
  mock.timers.reset();
});

test('who asks while one is under way is answered by the next, which all of them share', async () => {
  const done: string[] = [];
  void reading.now().then(() => done.push('first'));
  void reading.now().then(() => done.push('second'));
  void reading.now().then(() => done.push('third'));
  await settled();
  assert.equal(begun.length, 1, 'one at a time');
  begun[0]?.resolve();
  await settled();
  assert.deepEqual([begun.length, done], [2, ['first']]);
  begun[1]?.resolve();
  await settled();
  assert.deepEqual(done, ['first', 'second', 'third']);
  assert.equal(begun.length, 2);
});

test('a failure is reported and retried, later each time, until one succeeds', async () => {
  void reading.now();
  begun[0]?.reject(new Error('away'));
  await settled();
  assert.deepEqual(failures, [1]);
  mock.timers.tick(24);
  assert.equal(begun.length, 1, 'not at once');
  mock.timers.tick(26);
  assert.equal(begun.length, 2);
  for (let times = 2; times <= 10; times++) {
    begun.at(-1)?.reject(new Error('away'));
    await settled();
    mock.timers.tick(2_000);
    await settled();
  }
  assert.deepEqual(failures, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  assert.equal(begun.length, 11, 'never later than two seconds');
  begun.at(-1)?.resolve();
  await settled();
  mock.timers.tick(60_000);
  assert.equal(begun.length, 11);
  void reading.now();
  begun.at(-1)?.reject(new Error('away'));
  await settled();
  assert.equal(failures.at(-1), 1, 'counted anew');
});

test('one that says when is done again about then, once, though it was asked for meanwhile', async () => {
  void reading.now();
  begun[0]?.resolve(1_000);
  await settled();
  mock.timers.tick(740);
  assert.equal(begun.length, 1);
  void reading.now();
  begun[1]?.resolve(1_000);
  await settled();
  mock.timers.tick(740);
  assert.equal(begun.length, 2, 'from the last one on');
  mock.timers.tick(510);
  assert.equal(begun.length, 3);
});

test('after the stop, which waits for the one under way, nothing is read', async () => {
  void reading.now();
  const asked = reading.now();
  let stopped = false;
  const stopping = reading.stop().then(() => {
    stopped = true;
  });
  await settled();
  assert.equal(stopped, false);
  begun[0]?.resolve(10);
  await stopping;
  await asked;
  await reading.now();
  mock.timers.tick(60_000);
  assert.equal(begun.length, 1);
});
