// Tests of the bounded map: the oldest entry is evicted first.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BoundedMap } from '../src/bounded-map.ts';

test('above the maximum size the oldest entry is evicted and reported', () => {
  const dropped: [string, number][] = [];
  const map = new BoundedMap<string, number>(2, (key, value) => dropped.push([key, value]));
  map.set('a', 1).set('b', 2).set('c', 3);
  assert.deepEqual(
    [...map],
    [
      ['b', 2],
      ['c', 3],
    ],
  );
  assert.deepEqual(dropped, [['a', 1]]);
});

test('setting an existing key keeps its place and evicts nothing', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1).set('b', 2).set('a', 3);
  assert.deepEqual(
    [...map],
    [
      ['a', 3],
      ['b', 2],
    ],
  );
  map.set('c', 4);
  assert.deepEqual([...map.keys()], ['b', 'c']);
});

test('deleteOldestWhile stops at the first entry that stays, and does not report', () => {
  const dropped: string[] = [];
  const map = new BoundedMap<string, number>(9, (key) => dropped.push(key));
  map.set('a', 1).set('b', 2).set('c', 5).set('d', 1);
  map.deleteOldestWhile((value) => value < 3);
  assert.deepEqual([...map.keys()], ['c', 'd']);
  map.deleteOldestWhile((_, key) => key === 'c');
  assert.deepEqual([...map.keys()], ['d']);
  assert.deepEqual(dropped, []);
});

test('a key deleted and set again is the newest, and delete does not call the callback', () => {
  const dropped: string[] = [];
  const map = new BoundedMap<string, number>(2, (key) => dropped.push(key));
  map.set('a', 1).set('b', 2);
  map.delete('a');
  map.set('a', 1).set('c', 3);
  assert.deepEqual([...map.keys()], ['a', 'c']);
  assert.deepEqual(dropped, ['b']);
});
