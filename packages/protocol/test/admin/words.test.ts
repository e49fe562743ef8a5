// Tests of the schema of a word list: limits of words, actions and rooms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { wordListRequest } from '../../src/admin/words.ts';

test('a word list has up to 20,000 words of 64 characters, one action, and some rooms or all', () => {
  const words = new Array(20_000).fill('词'.repeat(64));
  assert.equal(Value.Check(wordListRequest, { action: 'block', words }), true);
  assert.equal(Value.Check(wordListRequest, { action: 'hold', words: [], rooms: ['live:*'] }), true);
  for (const bad of [{ words: [...words, 'x'] }, { words: ['x'.repeat(65)] }, { words: [''] }, { action: 'star' }, { rooms: [] }, { name: 'a' }])
    assert.equal(Value.Check(wordListRequest, { action: 'mask', words: [], ...bad }), false, Object.keys(bad).join());
});
