// The order in which danmaku wait: one's own first, each mode by itself, the oldest of the others goes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DanmakuItem } from '../../src/overlay/overlay-item.ts';
import { type Waiting, WaitingLine } from '../../src/overlay/waiting-line.ts';

function entry(id: string, since: number, more: Partial<DanmakuItem> = {}): Waiting {
  return { item: { id, text: id, ...more }, text: id, since, ids: new Map([[id, 1]]), count: 1 };
}

test("one's own wait before the others, in the order they were given", () => {
  const line = new WaitingLine();
  for (const each of [entry('a', 1), entry('o1', 2, { own: true }), entry('b', 3), entry('o2', 4, { own: true })]) line.add(each);
  assert.deepEqual(
    line.empty().map(({ item }) => item.id),
    ['o1', 'o2', 'a', 'b'],
  );
  assert.equal(line.size, 0);
});

test('the oldest is that of all modes, and never one of one’s own unless asked for', () => {
  const line = new WaitingLine();
  for (const each of [entry('a', 3), entry('t', 2, { mode: 'top' }), entry('o', 1, { own: true })]) line.add(each);
  assert.equal(line.oldest()?.item.id, 't');
  assert.equal(line.oldest(true)?.item.id, 'o');
  assert.equal(line.first('top')?.item.id, 't');
  assert.equal(line.first('bottom'), undefined);
});

test('what is taken out waits no more', () => {
  const line = new WaitingLine();
  const each = entry('a', 1);
  line.add(each);
  assert.deepEqual([line.delete(each), line.delete(each), line.size], [true, false, 0]);
});
