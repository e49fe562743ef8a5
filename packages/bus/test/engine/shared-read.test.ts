// A read is shared while it is in progress and for one second after its start.
import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import { SharedRead } from '../../src/engine/shared-read.ts';

afterEach(() => mock.restoreAll());

function clock(): { now: number } {
  const time = { now: 0 };
  mock.method(performance, 'now', () => time.now);
  return time;
}

test('calls within a second share one read; a later call starts a new one', async () => {
  const time = clock();
  let reads = 0;
  const shared = new SharedRead(async () => ++reads);
  assert.deepEqual(await Promise.all([shared.get(), shared.get()]), [1, 1]);
  time.now = 999;
  assert.equal(await shared.get(), 1);
  time.now = 1_001;
  assert.equal(await shared.get(), 2);
});

test('a slow read is shared until it ends, and its TTL counts from its start', async () => {
  const time = clock();
  const answers: ((n: number) => void)[] = [];
  const shared = new SharedRead(() => new Promise<number>((resolve) => answers.push(resolve)));
  const first = shared.get();
  time.now = 5_000;
  assert.equal(shared.get(), first);
  answers[0]?.(1);
  assert.equal(await first, 1);
  assert.notEqual(shared.get(), first);
  assert.equal(answers.length, 2);
});

test('a failure rejects all waiting calls and is not cached; clear forces a new read', async () => {
  clock();
  let fails = true;
  let reads = 0;
  const shared = new SharedRead(async () => {
    reads++;
    if (fails) throw new Error('away');
    return reads;
  });
  const asked = [shared.get(), shared.get()];
  for (const one of asked) await assert.rejects(one, /away/);
  fails = false;
  assert.equal(await shared.get(), 2);
  shared.clear();
  assert.equal(await shared.get(), 3);
});
