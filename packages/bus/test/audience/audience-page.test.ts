// Pages of an audience list every member once, also when users join and leave between pages.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError, type RoomMember } from '@danmux/protocol';
import type { Audience } from '../../src/audience/audience.ts';
import { pageOf } from '../../src/audience/audience-page.ts';
import { byRank } from '../../src/audience/member-list.ts';

const audienceOf = (members: readonly RoomMember[]): Audience => ({
  online: members.length,
  users: members.length,
  members: [...members].sort(byRank),
  complete: true,
});
const idsOf = ({ members }: { members: readonly RoomMember[] }) => members.map(({ id }) => id);

test('following the cursor reads all pages until it is null', () => {
  const audience = audienceOf(Array.from({ length: 7 }, (_, index) => ({ id: `观${index}`, level: index % 2 })));
  const pages: string[][] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = pageOf(audience, cursor, 3);
    assert.deepEqual([page.online, page.users, page.complete], [7, 7, true]);
    pages.push(idsOf(page));
    if (page.cursor === null) break;
    assert.match(page.cursor, /^[\w-]+$/);
    cursor = page.cursor;
  }
  assert.deepEqual(pages, [['观1', '观3', '观5'], ['观0', '观2', '观4'], ['观6']]);
});

test('a page that ends with the last member has no cursor; an empty room has one empty page', () => {
  assert.equal(pageOf(audienceOf([{ id: 'a' }, { id: 'b' }]), undefined, 2).cursor, null);
  assert.deepEqual(pageOf(audienceOf([]), undefined, 2), { online: 0, users: 0, members: [], complete: true, cursor: null });
});

test('joins and leaves between two pages neither skip nor repeat other members', () => {
  const stay = ['b', 'd', 'f', 'h'].map((id) => ({ id }));
  const first = pageOf(audienceOf(stay), undefined, 2);
  assert.deepEqual(idsOf(first), ['b', 'd']);
  const cursor = first.cursor ?? '';
  assert.deepEqual(idsOf(pageOf(audienceOf([{ id: 'a' }, { id: 'z', level: 5 }, ...stay]), cursor, 2)), ['f', 'h'], 'some came before it');
  assert.deepEqual(idsOf(pageOf(audienceOf(stay.slice(2)), cursor, 2)), ['f', 'h'], 'the cursor’s own member left');
  assert.deepEqual(idsOf(pageOf(audienceOf([...stay, { id: 'e' }]), cursor, 2)), ['e', 'f'], 'one came behind it');
  assert.deepEqual(pageOf(audienceOf(stay.slice(0, 1)), cursor, 2), { online: 1, users: 1, members: [], complete: true, cursor: null });
});

test('a cursor that comes from no page is refused', () => {
  const good = pageOf(audienceOf([{ id: 'a' }, { id: 'b' }]), undefined, 1).cursor ?? '';
  const of = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  assert.equal(good, of([0, 'a']));
  for (const bad of ['', 'x', `${good}=`, `${good} `, of(null), of({}), of([]), of(['0', 'a']), of([0]), of([0, 1]), of([0, 'a', 1]), of([null, 'a'])])
    assert.throws(
      () => pageOf(audienceOf([]), bad, 1),
      (error) => error instanceof DanmuxError && error.code === 'invalid_request',
      bad,
    );
});
