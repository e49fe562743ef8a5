// MergeWindow: finds the entry of an identical text within the window, and none after it or once it is forgotten.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MergeWindow } from '../../src/overlay/merge-window.ts';

test('the first entry of a text is found until the window has passed', () => {
  const merge = new MergeWindow<{ since: number }>(1_000);
  const first = { since: 100 };
  merge.add('666', first);
  assert.equal(merge.find('666', 1_100), first);
  assert.equal(merge.find('666', 1_101), undefined);
  assert.equal(merge.find('777', 200), undefined);
});

test('forgetting an old entry keeps a newer one of the same text', () => {
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
