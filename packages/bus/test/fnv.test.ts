// FNV-1a must match the published values, because other processes and versions depend on them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fnv1a } from '../src/fnv.ts';

test('fnv1a returns the published FNV-1a values as unsigned integers', () => {
  assert.deepEqual(
    ['', 'a', 'b', 'foobar', 'live:1'].map((text) => fnv1a(text)),
    [0x811c9dc5, 0xe40c292c, 0xe70c2de5, 0xbf9cf968, fnv1a('live:1xxx', 6)],
  );
});

test('fnv1a hashes only the first `length` code units, or the whole text when it is shorter', () => {
  assert.equal(fnv1a('foobar and more', 6), 0xbf9cf968);
  assert.equal(fnv1a('foobar', 0), 0x811c9dc5);
  assert.notEqual(fnv1a('弹幕'), fnv1a('弹'));
});
