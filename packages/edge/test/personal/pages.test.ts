// Tests of PersonalPages: the range grows down and up without holes, `next` names the next read, and `of` finds each user's messages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type PageRange, PersonalPages } from '../../src/personal/pages.ts';

const text = (offset: number, to: string, data: unknown = 1) =>
  `{"lane":"control","offset":${offset},"id":"m${offset}","type":"x","data":${JSON.stringify(data)},"to":${JSON.stringify(to)},"receipt":true,"ts":1}`;
/** Every second message is Ann's. */
const texts = ({ after, upTo }: PageRange, from = after + 1) =>
  Array.from({ length: upTo - Math.max(after, from - 1) }, (_, index) => text(from + index, (from + index) % 2 === 0 ? 'ann' : 'bob'));
const offsets = (found: readonly string[]) => found.map((one) => (JSON.parse(one) as { offset: number }).offset);
const evens = (from: number, to: number) => Array.from({ length: to }, (_, index) => index + 1).filter((offset) => offset >= from && offset % 2 === 0);

test('pages are read from the newest down, then only newer messages; each user’s are in order', () => {
  const pages = new PersonalPages('e', 25, 0);
  const asked: PageRange[] = [];
  const fill = (after: number, upTo: number) => {
    for (let next = pages.next(after, upTo, 10); next; next = pages.next(after, upTo, 10)) {
      asked.push(next);
      pages.add(next, texts(next));
    }
    return pages.reaches(after, upTo);
  };
  assert.equal(fill(12, 25), true);
  assert.deepEqual(asked.splice(0), [
    { after: 15, upTo: 25 },
    { after: 5, upTo: 15 },
  ]);
  assert.deepEqual(offsets(pages.of('ann', 12, 25)), evens(13, 25));
  assert.equal(fill(8, 20), true);
  assert.deepEqual(asked, []);
  assert.deepEqual(offsets(pages.of('ann', 8, 20)), evens(9, 20));
  assert.equal(fill(0, 40), true);
  assert.deepEqual(asked.splice(0), [
    { after: 25, upTo: 35 },
    { after: 35, upTo: 40 },
    { after: 0, upTo: 5 },
  ]);
  assert.deepEqual(offsets(pages.of('ann', 0, 40)), evens(1, 40));
  assert.deepEqual(pages.of('eve', 0, 40), []);
});

test('where history ends nothing more is asked for, and nothing said to be there', () => {
  const pages = new PersonalPages('e', 30, 0);
  pages.add({ after: 20, upTo: 30 }, texts({ after: 20, upTo: 30 }));
  pages.add({ after: 10, upTo: 20 }, texts({ after: 10, upTo: 20 }, 17));
  assert.equal(pages.next(0, 30, 10), null);
  assert.deepEqual([pages.reaches(16, 30), pages.reaches(15, 30)], [true, false]);
  assert.deepEqual(offsets(pages.of('ann', 16, 30)), evens(17, 30));
});

test('new messages that were trimmed already drop the older ones', () => {
  const pages = new PersonalPages('e', 10, 0);
  pages.add({ after: 0, upTo: 10 }, texts({ after: 0, upTo: 10 }));
  pages.add({ after: 10, upTo: 20 }, texts({ after: 10, upTo: 20 }, 15));
  assert.deepEqual([pages.reaches(14, 20), pages.reaches(13, 20), pages.next(5, 20, 10)], [true, false, null]);
  assert.deepEqual(offsets(pages.of('ann', 0, 20)), evens(15, 20));
});

test('a user with any id is found, whatever the messages contain; a tombstone belongs to no user', () => {
  const users = ['ann', 'a"b', 'a\\', '","to":"bob"', '弹幕 🎁', '\n', ''];
  const lies = [{ to: 'bob' }, { a: 1, to: 'bob' }, '","to":"bob"', '\\","to":"bob'];
  const all = users.flatMap((user) => lies.map((data) => ({ user, data })));
  const pages = new PersonalPages('e', all.length + 1, 0);
  const tomb = `{"lane":"control","offset":${all.length + 1},"id":${JSON.stringify('x","to":"bob"')},"type":"recalled","data":null,"ts":1}`;
  pages.add({ after: 0, upTo: all.length + 1 }, [...all.map(({ user, data }, index) => text(index + 1, user, data)), tomb]);
  for (const [index, user] of users.entries()) {
    const first = index * lies.length;
    assert.deepEqual(offsets(pages.of(user, 0, 1_000)), [first + 1, first + 2, first + 3, first + 4], user);
  }
  assert.deepEqual(pages.of('bob', 0, 1_000), []);
});

test('at the cap of characters no older page is read; newer messages may exceed it', () => {
  const pages = new PersonalPages('e', 2, 0);
  const large = 'x'.repeat(8_000_000);
  pages.add({ after: 1, upTo: 2 }, [text(2, 'ann', large)]);
  assert.deepEqual([pages.next(0, 2, 1), pages.next(1, 3, 1), pages.overfull], [null, { after: 2, upTo: 3 }, false]);
  pages.add({ after: 2, upTo: 3 }, [text(3, 'ann', large)]);
  assert.deepEqual([pages.reaches(1, 3), pages.overfull], [true, true]);
});
