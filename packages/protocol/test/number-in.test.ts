// Numbers that backends send as numbers or as text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { numberIn } from '../src/number-in.ts';

test('a number and a numeric text are the number; anything else is none', () => {
  assert.deepEqual([3, -1.5, '3', '2.50', '1e3', ' 7 '].map(numberIn), [3, -1.5, 3, 2.5, 1_000, 7]);
  for (const value of ['', '  ', 'three', '3px', 'Infinity', Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, []])
    assert.equal(numberIn(value), undefined, JSON.stringify(value));
});
