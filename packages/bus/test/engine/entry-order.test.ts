// Entry ids: ordered as numbers, and checked because clients send them as cursors.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareEntries, isEntry } from '../../src/engine/entry-order.ts';

test('entry ids compare as numbers, not as text', () => {
  const places = ['1', '2', '10', '1700000000000-0', '1700000000000-2', '1700000000000-10', '1700000000001-0'];
  assert.deepEqual([...places].reverse().sort(compareEntries), places);
  assert.equal(compareEntries('5-1', '5-1'), 0);
  assert.equal(compareEntries('5', '5-0'), 0);
});

test('isEntry accepts only numbers and pairs of numbers', () => {
  for (const text of ['1', '0-0', '1700000000000-12']) assert.ok(isEntry(text), text);
  for (const text of ['', '-', '+', '1-', '-1', 'x', '1-x', '(1-1', '1-1-1', ' 1', '1\n', '1'.repeat(16)]) assert.equal(isEntry(text), false, text);
});
