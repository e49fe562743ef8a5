// Recalled ids are known, and never more than the cap.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecalledIds } from '../src/recalled-ids.ts';

test('what was added is known, and the oldest are forgotten past the cap', () => {
  const ids = new RecalledIds();
  assert.equal(ids.has('a'), false);
  for (let i = 0; i < 10_000; i++) ids.add(`m${i}`);
  assert.deepEqual([ids.has('m0'), ids.has('m9999')], [true, true]);
  ids.add('m0');
  assert.equal(ids.has('m0'), true, 'the same twice is one');
  for (let i = 0; i < 5; i++) ids.add(`n${i}`);
  assert.deepEqual([ids.has('m4'), ids.has('m5'), ids.has('n4')], [false, true, true]);
});
