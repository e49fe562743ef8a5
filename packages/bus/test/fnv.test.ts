// FNV-1a gives what it is known to give: other processes and other versions count on it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fnv1a } from '../src/fnv.ts';

test('it gives the known values of FNV-1a, unsigned', () => {
  assert.deepEqual(
    ['', 'a', 'b', 'foobar', 'live:1'].map((text) => fnv1a(text)),
    [0x811c9dc5, 0xe40c292c, 0xe70c2de5, 0xbf9cf968, fnv1a('live:1xxx', 6)],
  );
});

test('it looks at no more than it is told to, and at no less than the text', () => {
  assert.equal(fnv1a('foobar and more', 6), 0xbf9cf968);
  assert.equal(fnv1a('foobar', 0), 0x811c9dc5);
  assert.notEqual(fnv1a('弹幕'), fnv1a('弹'));
});
