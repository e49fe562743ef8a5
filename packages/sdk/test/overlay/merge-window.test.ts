// The same text within the window is one; after it, or once forgotten, it is another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MergeWindow } from '../../src/overlay/merge-window.ts';

test('the first stands for its text until the window has passed', () => {
  const merge = new MergeWindow<{ since: number }>(1_000);
  const first = { since: 100 };
  merge.add('666', first);
  assert.equal(merge.find('666', 1_100), first);
  assert.equal(merge.find('666', 1_101), undefined);
  assert.equal(merge.find('777', 200), undefined);
});

test('who forgets an entry takes no newer one away', () => {
  const merge = new MergeWindow<{ since: number }>(1_000);
  const [first, second] = [{ since: 0 }, { since: 2_000 }];
  merge.add('666', first);
  merge.add('666', second);
  merge.forget('666', first);
  assert.equal(merge.find('666', 2_000), second);
  merge.forget('666', second);
  assert.equal(merge.find('666', 2_000), undefined);
});

test('a window of 0 merges nothing', () => {
  const merge = new MergeWindow<{ since: number }>(1_000);
  merge.add('666', { since: 0 });
  merge.configure(0);
  merge.add('777', { since: 0 });
  merge.configure(1_000);
  assert.deepEqual([merge.find('666', 0), merge.find('777', 0)], [undefined, undefined]);
});
