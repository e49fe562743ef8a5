// The member list of one edge: every user, or the highest levels and a sample that every edge chooses by the same hash.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RoomMember } from '@danmux/protocol';
import { byRank, decodeMembers, listMembers, memberHash } from '../../src/audience/member-list.ts';
import { usersOf } from '../conformance/presence-audience-cases.ts';

const many = (count: number): RoomMember[] => Array.from({ length: count }, (_, index) => ({ id: `user-${index}`, level: (index * 7_919) % 1_000 }));
const listOf = (members: readonly RoomMember[], cap: number) => decodeMembers(listMembers(usersOf(members), cap).text);
const sorted = (members: readonly RoomMember[]) => [...members].sort(byRank);

test('up to the cap every user is listed with all fields', () => {
  const members = [{ id: 'a', name: '安', avatar: 'x', level: 3, roles: ['mod'] }, { id: 'b', guest: true as const }, ...many(198)];
  const list = listOf(members, 200);
  assert.equal(list.below, undefined);
  assert.deepEqual(sorted(list.members), sorted(members));
  assert.deepEqual(listOf([], 200), { members: [] });
});

test('above the cap: half are the highest levels, the others have the smallest hashes', () => {
  for (const [count, cap] of [
    [201, 200],
    [5_000, 200],
    [5_000, 7],
    [3, 2],
  ] as const) {
    const members = many(count);
    const { members: named, below = 0 } = listOf(members, cap);
    assert.equal(named.length, cap);
    assert.equal(new Set(named.map(({ id }) => id)).size, cap, 'nobody twice');
    const ids = new Set(named.map(({ id }) => id));
    for (const { id } of sorted(members).slice(0, Math.ceil(cap / 2))) assert.ok(ids.has(id), `${id} is of the highest`);
    const under = members.filter(({ id }) => memberHash(id) < below);
    assert.ok(under.length >= Math.floor(cap / 2), `${under.length} hash below`);
    for (const { id } of under) assert.ok(ids.has(id), `${id} hashes below and is named`);
  }
});

test('users listed for their level do not take places of the sample', () => {
  const byHash = [...many(1_000)].sort((a, b) => memberHash(a.id) - memberHash(b.id));
  // The users with the ten smallest hashes also have the highest levels.
  const members = byHash.map(({ id }, index) => ({ id, level: 1_000 - index }));
  const { members: named, below } = listOf(members, 20);
  assert.deepEqual(new Set(named.map(({ id }) => id)), new Set(byHash.slice(0, 20).map(({ id }) => id)));
  assert.equal(below, memberHash(byHash[20]?.id ?? ''));
});

test('two edges choose the same users of those they share', () => {
  const shared = many(4_000);
  const [one, two] = [shared.slice(0, 3_000), shared.slice(1_000)].map((members) => listOf(members, 200));
  assert.ok(one?.below && two?.below);
  const end = Math.min(one.below, two.below);
  const both = shared.slice(1_000, 3_000).filter(({ id }) => memberHash(id) < end);
  assert.ok(both.length > 10);
  for (const { id } of both) for (const list of [one, two]) assert.ok(list.members.some((member) => member.id === id));
});

test('the version changes with the content and with nothing else', () => {
  const members = many(50);
  const { version } = listMembers(usersOf(members), 200);
  assert.equal(listMembers(usersOf(members), 200).version, version);
  assert.notEqual(listMembers(usersOf(members.slice(1)), 200).version, version);
  assert.notEqual(listMembers(usersOf(members), 20).version, version);
  // An unlisted user of a large room does not change the version.
  const large = many(5_000);
  const before = listMembers(usersOf(large), 200);
  const last = [...large].sort((a, b) => memberHash(b.id) - memberHash(a.id)).find(({ level }) => level === 0);
  assert.equal(listMembers(usersOf(large.filter(({ id }) => id !== last?.id)), 200).version, before.version);
});

test('the hash never changes, and spreads ids that differ by a digit evenly', () => {
  // Edges of different versions must compute the same hash.
  assert.deepEqual(['', 'ann', 'user-1', 'user-2', '观众'].map(memberHash), [2_872_998_923, 2_778_018_533, 2_005_895_916, 853_201_105, 2_333_784_394]);
  const buckets = new Array<number>(64).fill(0);
  for (let i = 0; i < 64_000; i++) {
    const bucket = memberHash(`user-${i}`) >>> 26;
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) assert.ok(count > 850 && count < 1_150, `${count} of 1,000`);
});

test('by rank: highest level first, none is level 0, then by id', () => {
  const members = [{ id: 'b', level: 1 }, { id: 'a', level: 1 }, { id: 'd' }, { id: 'c', level: 0 }, { id: 'z', level: 2 }, { id: 'm', level: -1 }];
  assert.deepEqual(
    sorted(members).map(({ id }) => id),
    ['z', 'a', 'b', 'c', 'd', 'm'],
  );
});
