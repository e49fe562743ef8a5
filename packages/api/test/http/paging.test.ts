// Cursors: accepted values, and errors for others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cursorOf, positionOf } from '../../src/http/paging.ts';

const refused = { code: 'invalid_request' };

test('a cursor needs no escaping in a URL and decodes to its position', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (place) => {
      const cursor = cursorOf(place);
      assert.match(cursor, /^[A-Za-z0-9_-]*$/);
      assert.equal(positionOf(cursor), place);
    }),
  );
});

test('a cursor that no page returned is refused', () => {
  for (const cursor of ['x', ' ', 'a=', 'a b', '___8', 'é']) assert.throws(() => positionOf(cursor), refused, cursor);
});
