// WaitingLine: the order of queued danmaku, one queue per mode with the viewer's own first, and the choice of the oldest.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DanmakuItem } from '../../src/overlay/overlay-item.ts';
import { type Waiting, WaitingLine } from '../../src/overlay/waiting-line.ts';

function entry(id: string, since: number, more: Partial<DanmakuItem> = {}): Waiting {
  return { item: { id, text: id, ...more }, text: id, since, ids: new Map([[id, 1]]), count: 1 };
}

test("the viewer's own danmaku are queued before others, in their order of arrival", () => {
  const line = new WaitingLine();
  for (const each of [entry('a', 1), entry('o1', 2, { own: true }), entry('b', 3), entry('o2', 4, { own: true })]) line.add(each);
  assert.deepEqual(
    line.empty().map(({ item }) => item.id),
    ['o1', 'o2', 'a', 'b'],
  );
  assert.equal(line.size, 0);
});

test("`oldest` searches all modes, and returns the viewer's own only when requested", () => {
  const line = new WaitingLine();
  for (const each of [entry('a', 3), entry('t', 2, { mode: 'top' }), entry('o', 1, { own: true })]) line.add(each);
  assert.equal(line.oldest()?.item.id, 't');
  assert.equal(line.oldest(true)?.item.id, 'o');
  assert.equal(line.first('top')?.item.id, 't');
  assert.equal(line.first('bottom'), undefined);
});

test('a deleted entry is no longer queued', () => {
  const line = new WaitingLine();
  const each = entry('a', 1);
  line.add(each);
  assert.deepEqual([line.delete(each), line.delete(each), line.size], [true, false, 0]);
});
