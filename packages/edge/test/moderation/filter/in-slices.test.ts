import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSlices } from '../../../src/moderation/filter/in-slices.ts';

/** Works until `done`, at most half a minute. Returns the number of steps. */
function* workUntil(done: () => boolean): Generator<void, number> {
  let count = 0;
  for (const end = performance.now() + 30_000; !done() && performance.now() < end; count++) yield;
  return count;
}

test('others have their turn while it works, and it returns what the work does', async () => {
  let turns = 0;
  const turn = setInterval(() => turns++, 1);
  const count = await inSlices(workUntil(() => turns >= 2));
  clearInterval(turn);
  assert.ok(count !== null && count > 0, 'it came to its end');
  assert.ok(turns >= 2, `${turns} turns`);
});

test('stopped work ends at the next pause', async () => {
  let stopped = false;
  function* endless(): Generator<void, never> {
    for (;;) yield;
  }
  setImmediate(() => {
    stopped = true;
  });
  assert.equal(await inSlices(endless(), () => stopped), null);
});
