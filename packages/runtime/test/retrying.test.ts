// Tests of retries until success or abort, with a wait in between.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { pause, retrying } from '../src/retrying.ts';

const backoff = { baseMs: 100, maxMs: 400, random: () => 1 };
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
let owner: AbortController;

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout'] });
  owner = new AbortController();
});
afterEach(() => mock.timers.reset());

test('retries wait longer each time, report each failure, and resolve with the first success', async () => {
  const answers = [new Error('1'), new Error('2'), 'opened'];
  let attempts = 0;
  const failed: [unknown, number][] = [];
  const attempt = async () => {
    const answer = answers[attempts++];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const result = retrying(attempt, { backoff, signal: owner.signal, failed: (error, failures) => failed.push([error, failures]) });
  await turn();
  mock.timers.tick(99);
  await turn();
  assert.equal(attempts, 1);
  mock.timers.tick(1);
  await turn();
  assert.equal(attempts, 2);
  mock.timers.tick(199);
  await turn();
  assert.equal(attempts, 2);
  mock.timers.tick(1);
  assert.equal(await result, 'opened');
  assert.deepEqual(failed, [
    [answers[0], 1],
    [answers[1], 2],
  ]);
});

test('an abort during the wait resolves immediately with undefined', async () => {
  let attempts = 0;
  const result = retrying(
    () => {
      attempts++;
      return Promise.reject(new Error('away'));
    },
    { backoff, signal: owner.signal, failed: () => {} },
  );
  await turn();
  owner.abort();
  assert.equal(await result, undefined);
  assert.equal(attempts, 1);
});

test('with an aborted signal no attempt is made', async () => {
  owner.abort();
  assert.equal(await retrying(() => assert.fail('attempted'), { backoff, signal: owner.signal, failed: () => assert.fail('failed') }), undefined);
});

test('an error thrown by `failed` ends the retries and rejects', async () => {
  const fatal = new Error('fatal');
  const failed = () => {
    throw fatal;
  };
  await assert.rejects(
    retrying(() => Promise.reject(new Error('refused')), { backoff, signal: owner.signal, failed }),
    fatal,
  );
});

test('a pause removes its listener', async () => {
  const waited = pause(50, owner.signal);
  mock.timers.tick(50);
  await waited;
  owner.abort();
  await pause(50, owner.signal);
});

test('many pauses on one signal cause no leak warning', async () => {
  const warnings: string[] = [];
  const warn = ({ name }: Error) => void warnings.push(name);
  process.on('warning', warn);
  const waits = Array.from({ length: 50 }, () => pause(50, owner.signal));
  owner.abort();
  await Promise.all(waits);
  await turn();
  process.off('warning', warn);
  assert.deepEqual(warnings, []);
});
