// The choice of the rows of a long list to draw.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { topOf, windowOf } from '../../src/elements/row-window.ts';

const rows = Array.from({ length: 10_000 }, (_, index) => ({ height: index % 2 ? 40 : 20 }));
const drawn = (top: number, screen = 600, beside = 100) => windowOf(rows, top, screen, beside);

test('without a scroll position the end of the list is drawn', () => {
  const { first, end, before, total } = drawn(Number.POSITIVE_INFINITY);
  assert.deepEqual([end, total], [10_000, 300_000]);
  assert.equal(topOf(rows, first), before);
  assert.ok(before <= 300_000 - 600 - 60 && end - first < 40, `${end - first} rows are drawn`);
});

test('at any scroll position only the visible rows and a few beside them are drawn', () => {
  for (const top of [0, 1, 30, 12_345, 299_400]) {
    const { first, end, before } = drawn(top);
    assert.ok(before <= Math.max(0, top), `at ${top} it begins at ${before}`);
    assert.ok(topOf(rows, end) >= Math.min(300_000, top + 600), `at ${top} it ends at ${topOf(rows, end)}`);
    assert.ok(end - first < 40, `${end - first} rows are drawn`);
  }
});

test('a list shorter than the screen is drawn completely; an empty one draws no rows', () => {
  assert.deepEqual(windowOf(rows.slice(0, 3), Number.POSITIVE_INFINITY, 600, 100), { first: 0, end: 3, before: 0, total: 80 });
  assert.deepEqual(windowOf([], 0, 600, 100), { first: 0, end: 0, before: 0, total: 0 });
});
