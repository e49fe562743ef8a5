// Claims that could not be released while the store was away: the release is retried, and a retried request can take the claim over.

import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, mock, test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { claimsWith, testRuntime } from '@danmux/testkit/unit';
import { GivenUpClaims } from '../../src/http/given-up-claims.ts';

let away: boolean;
let forgotten: string[];
let tries: number;
let claims: GivenUpClaims;
beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  [away, forgotten, tries] = [true, [], 0];
  claims = new GivenUpClaims(
    testRuntime({ after }),
    claimsWith({
      forget: async (scope, id) => {
        tries++;
        if (away) throw new DanmuxError('unavailable');
        forgotten.push(`${scope} ${id}`);
      },
    }),
  );
});
afterEach(() => {
  claims.stop();
  mock.timers.reset();
});

async function later(rounds = 1): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    mock.timers.tick(250);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a claim that the store releases is not remembered', async () => {
  away = false;
  await claims.giveUp('s', 'c');
  assert.deepEqual([forgotten, claims.take('s')], [['s c'], undefined]);
});

test('a failed release is retried: one call per round during an outage, all claims after it', async () => {
  await Promise.all(['a', 'b', 'c'].map((scope) => claims.giveUp(scope, '1')));
  await later(4);
  assert.deepEqual([forgotten, tries], [[], 7]);
  away = false;
  await later();
  assert.deepEqual(forgotten.sort(), ['a 1', 'b 1', 'c 1']);
  await later(3);
  assert.equal(tries, 10, 'and then no more');
});

test('one retry takes a claim over, and the claim is not released under it', async () => {
  await claims.giveUp('s', 'c');
  assert.deepEqual([claims.take('s'), claims.take('s')], ['c', undefined]);
  away = false;
  await later();
  assert.deepEqual(forgotten, []);
});

test('an expired claim is not released any more', async () => {
  const real = performance.now.bind(performance);
  await claims.giveUp('s', 'c');
  mock.method(performance, 'now', () => real() + 10_001);
  away = false;
  await later();
  mock.restoreAll();
  assert.deepEqual([forgotten, claims.take('s')], [[], undefined]);
});
