// Tests of periodic work: one run at a time, failures reported, no run after stop.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Periodic } from '../src/periodic.ts';

let reported: unknown[][];
let runs: (() => void)[];
let failures: (Error | undefined)[];
let periodic: Periodic;

/** Work whose runs stay pending until the test completes them. */
async function work(): Promise<void> {
  const failure = failures.shift();
  await new Promise<void>((resolve, reject) => runs.push(() => (failure ? reject(failure) : resolve())));
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

beforeEach(() => {
  mock.timers.enable({ apis: ['setInterval'] });
  reported = [];
  runs = [];
  failures = [];
  periodic = new Periodic({ caught: (...args) => void reported.push(args) }, { everyMs: 100, where: 'here', message: 'it failed', level: 'debug' }, work);
});
afterEach(() => mock.timers.reset());

test('the first run comes after one interval, and a tick during a run is skipped', async () => {
  periodic.start();
  mock.timers.tick(99);
  assert.equal(runs.length, 0);
  mock.timers.tick(1);
  mock.timers.tick(300);
  assert.equal(runs.length, 1);
  runs[0]?.();
  await turn();
  mock.timers.tick(100);
  assert.equal(runs.length, 2);
});

test('a failed run is reported once and the next tick runs again', async () => {
  const away = new Error('away');
  failures = [away];
  periodic.start();
  mock.timers.tick(100);
  runs[0]?.();
  await turn();
  assert.deepEqual(reported, [['here', away, 'it failed', { level: 'debug' }]]);
  mock.timers.tick(100);
  assert.equal(runs.length, 2);
});

test('work that throws before its first await is reported, and does not block the next run', async () => {
  let calls = 0;
  const throwing = new Periodic({ caught: (...args) => void reported.push(args) }, { everyMs: 100, where: 'here', message: 'it failed' }, () => {
    calls++;
    throw new Error('at once');
  });
  await throwing.now();
  await throwing.now();
  assert.equal(calls, 2);
  assert.equal(reported.length, 2);
});

test('now joins a run in progress; again adds exactly one following run and waits for it', async () => {
  const first = periodic.now();
  assert.equal(periodic.now(), first);
  let over = false;
  const next = Promise.all([periodic.again(), periodic.again()]).then(() => {
    over = true;
  });
  runs[0]?.();
  await first;
  await turn();
  assert.equal(runs.length, 2);
  assert.equal(over, false);
  runs[1]?.();
  await next;
  await turn();
  assert.equal(runs.length, 2);
  assert.equal(periodic.running, undefined);
});

test('stop waits for the run in progress, and no run starts afterwards', async () => {
  periodic.start();
  mock.timers.tick(100);
  void periodic.again();
  let stopped = false;
  const stopping = periodic.stop().then(() => {
    stopped = true;
  });
  await turn();
  assert.equal(stopped, false);
  runs[0]?.();
  await stopping;
  mock.timers.tick(1_000);
  await periodic.now();
  assert.equal(runs.length, 1);
});

test('it can be restarted after a stop, and a second start adds no timer', async () => {
  periodic.start();
  periodic.start();
  await periodic.stop();
  periodic.start();
  mock.timers.tick(100);
  runs[0]?.();
  await turn();
  assert.equal(runs.length, 1);
});
