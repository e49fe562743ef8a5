// Tests of text fingerprints: texts that look the same to a reader have the same fingerprint.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fingerprintOf } from '../../src/moderation/text-fingerprint.ts';

test('width, case, spaces, line ends and what cannot be seen make no difference', () => {
  const said = fingerprintOf({ text: 'hello you' });
  for (const text of ['HELLO you', 'ｈｅｌｌｏ you', 'hel\u200blo  y ou', 'hello\n\tyou', '\u00adhello\u3000you'])
    assert.equal(fingerprintOf({ text }), said, text);
});

test('other words, and other data beside the same words, do', () => {
  const all = [{ text: 'hello you' }, { text: 'hello me' }, { text: 'hello you', color: 'red' }, 'hello you', null, undefined, 1].map(fingerprintOf);
  // `undefined` and `null` give the same JSON.
  assert.equal(new Set(all).size, all.length - 1);
});
