// What two messages say is the same when readers would call it the same.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { saidBy } from '../src/said.ts';

test('width, case, spaces, line ends and what cannot be seen make no difference', () => {
  const said = saidBy({ text: 'hello you' });
  for (const text of ['HELLO you', 'ｈｅｌｌｏ you', 'hel\u200blo  y ou', 'hello\n\tyou', '\u00adhello\u3000you']) assert.equal(saidBy({ text }), said, text);
});

test('other words, and other data beside the same words, do', () => {
  const all = [{ text: 'hello you' }, { text: 'hello me' }, { text: 'hello you', color: 'red' }, 'hello you', null, undefined, 1].map(saidBy);
  // Nothing and null are the same JSON.
  assert.equal(new Set(all).size, all.length - 1);
});
