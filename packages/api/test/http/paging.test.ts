// Sizes of pages and cursors: what is let through, and what is refused by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorOf, pageSize, positionOf } from '../../src/http/paging.ts';

const refused = { code: 'invalid_request' };

test('fifty when nothing is said, and at most what the list allows', () => {
  assert.deepEqual([pageSize(undefined, 100), pageSize('1', 100), pageSize('100', 100)], [50, 1, 100]);
  assert.throws(() => pageSize('101', 100), refused);
});

test('a cursor may stand in a URL as it is, and comes back as the place it was made of', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (place) => {
      const cursor = cursorOf(place);
      assert.match(cursor, /^[A-Za-z0-9_-]*$/);
      assert.equal(positionOf(cursor), place);
    }),
  );
});

test('what no page gave is refused', () => {
  for (const cursor of ['x', ' ', 'a=', 'a b', '___8', 'é']) assert.throws(() => positionOf(cursor), refused, cursor);
});
