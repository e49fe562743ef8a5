// Tests of cooldowns: the store decides which request is first, a retry keeps its cooldown, and cached answers are not read again.

import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { claimsWith } from '@danmux/testkit/unit';
import { Cooldowns } from '../../src/moderation/cooldowns.ts';

let now: number;
let asked: string[];
let taken: Map<string, number>;
let cooldowns: Cooldowns;
beforeEach(() => {
  now = 1_000;
  asked = [];
  taken = new Map();
  cooldowns = new Cooldowns(
    { now: () => now },
    claimsWith({
      once: async (key, ms) => {
        asked.push(key);
        const left = (taken.get(key) ?? 0) - now;
        if (left > 0) return left;
        taken.set(key, now + ms);
        return 0;
      },
    }),
  );
});

test('the first request gets the cooldown for its time; another one is refused from memory', async () => {
  assert.equal(await cooldowns.take('k', 'a', 500), 0);
  now += 100;
  assert.equal(await cooldowns.take('k', 'b', 500), 400);
  assert.equal(cooldowns.wait('k', 'b'), 400);
  assert.deepEqual(asked, ['k']);
  now += 400;
  assert.equal(cooldowns.wait('k', 'b'), 0);
  assert.equal(await cooldowns.take('k', 'b', 500), 0);
});

test('the same request keeps the cooldown it has taken', async () => {
  assert.equal(await cooldowns.take('k', 'a', 500), 0);
  assert.equal(cooldowns.wait('k', 'a'), 0);
  assert.equal(await cooldowns.take('k', 'a', 500), 0);
  assert.deepEqual(asked, ['k']);
});

test('of two at once one is first, and stays so', async () => {
  assert.deepEqual(await Promise.all([cooldowns.take('k', 'a', 500), cooldowns.take('k', 'b', 500)]), [0, 500]);
  assert.deepEqual([await cooldowns.take('k', 'a', 500), await cooldowns.take('k', 'b', 500)], [0, 500]);
});

test('what another edge took is waited for, and remembered', async () => {
  taken.set('k', now + 300);
  assert.equal(await cooldowns.take('k', 'a', 500), 300);
  assert.equal(await cooldowns.take('k', 'a', 500), 300, 'this request has it not either');
  assert.deepEqual(asked, ['k']);
});

test('a released cooldown is taken by the next request, and by that one alone', async () => {
  await cooldowns.take('k', 'a', 500);
  cooldowns.release('k');
  assert.equal(cooldowns.wait('k', 'b'), 0);
  assert.equal(await cooldowns.take('k', 'b', 500), 0);
  assert.equal(await cooldowns.take('k', 'c', 500), 500);
});

test('forgets cooldowns that have ended', async () => {
  for (let i = 0; i < 100; i++) await cooldowns.take(`k${i}`, 'a', 500);
  now += 600;
  await cooldowns.take('k', 'a', 500);
  assert.equal(cooldowns.size, 1);
});
