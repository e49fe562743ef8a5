// Reading and writing the count of a message with all its digits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countOf, withCount } from '../../src/message/count.ts';

test('a positive integer counts as itself, also as a string; any other value counts as 1', () => {
  const counted = (count: string) => String(countOf(`{"count":${count}}`));
  assert.deepEqual(['10', '"10"', '" 10 "', '10.0', '1e3', '9007199254740993', '"9007199254740993"'].map(counted), [
    ...['10', '10', '10', '10', '1000', '9007199254740993', '9007199254740993'],
  ]);
  for (const one of ['0', '-5', '1.5', '1e400', '"x"', '""', '"0x10"', 'null', 'true', '[3]', '{"count":3}', '1'.repeat(31)])
    assert.equal(counted(one), '1', one);
  assert.deepEqual(['{}', 'null', '"10"', '[10]', '{"a":{"count":9}}'].map(countOf), [1n, 1n, 1n, 1n, 1n]);
});

test('withCount keeps all digits, and wraps data that is not an object', () => {
  assert.equal(withCount('{"gift":"rocket","count":"10"}', 9007199254740993n), '{"gift":"rocket","count":9007199254740993}');
  assert.equal(withCount('"♥"', 3n), '{"value":"♥","count":3}');
});
