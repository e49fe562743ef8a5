// Which users a room has on this edge, and when its list goes to the store: on change, in turn, and again when it was lost.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberReport } from '@danmux/bus';
import type { RoomMember } from '@danmux/protocol';
import { RoomMembers } from '../../src/room/room-members.ts';
import { viewerOf } from '../../src/viewer/viewer.ts';

const viewer = (id: string, claims: object = {}) => viewerOf({ sub: id, exp: 1, ...claims });
const membersOf = (roster: MemberReport | undefined): readonly RoomMember[] | undefined =>
  roster?.list && (JSON.parse(roster.list.text) as { members: RoomMember[] }).members;

/** A report whose every list arrives. */
function report(rosters: RoomMembers, stored = new Map<string, string>()): ReadonlyMap<string, MemberReport> {
  const reported = rosters.report();
  for (const [room, { list }] of reported) if (list) stored.set(room, list.version);
  for (const room of reported.keys()) rosters.learned(room, stored.get(room));
  return reported;
}

test('a list goes once, then again only when somebody came or went for good', () => {
  const rosters = new RoomMembers(200);
  const stored = new Map<string, string>();
  const sent = () => membersOf(report(rosters, stored).get('r'))?.map(({ id }) => id);
  rosters.entered('r', viewer('ann'));
  rosters.entered('r', viewer('bob'));
  assert.deepEqual(sent(), ['ann', 'bob']);
  assert.equal(sent(), undefined);
  rosters.entered('r', viewer('ann'));
  rosters.left('r', viewer('ann'));
  assert.equal(sent(), undefined, 'a second connection is no other user');
  rosters.left('r', viewer('ann'));
  assert.deepEqual(sent(), ['bob']);
  rosters.entered('r', viewer('bob', { level: 2 }));
  assert.deepEqual(sent(), ['bob'], 'with its new level');
  rosters.left('r', viewer('bob'));
  rosters.left('r', viewer('bob'));
  rosters.left('r', viewer('nobody'));
  assert.deepEqual(report(rosters, stored), new Map(), 'a room without users is not spoken of');
});

test('who left and came back before the report costs no list', () => {
  const rosters = new RoomMembers(200);
  const stored = new Map<string, string>();
  for (const id of ['ann', 'bob']) rosters.entered('r', viewer(id));
  report(rosters, stored);
  rosters.left('r', viewer('bob'));
  rosters.entered('r', viewer('bob'));
  assert.deepEqual(report(rosters, stored).get('r'), { users: 2 });
});

test('a list that did not arrive, or that the store lost, is sent again', () => {
  const rosters = new RoomMembers(200);
  const stored = new Map<string, string>();
  rosters.entered('r', viewer('ann'));
  rosters.report();
  assert.deepEqual(rosters.report().get('r'), { users: 1 }, 'nothing is known of the first one yet');
  rosters.learned('r', undefined);
  assert.equal(membersOf(report(rosters, stored).get('r'))?.length, 1);
  stored.clear();
  report(rosters, stored);
  assert.equal(membersOf(report(rosters, stored).get('r'))?.length, 1);
  assert.equal(membersOf(report(rosters, stored).get('r')), undefined);
});

test('of a large room the users are told at every report, a list only when another would be named', () => {
  const rosters = new RoomMembers(10);
  const stored = new Map<string, string>();
  for (let i = 0; i < 2_000; i++) rosters.entered('r', viewer(`u${i}`, { level: 1 }));
  assert.equal(membersOf(report(rosters, stored).get('r'))?.length, 10);
  let lists = 0;
  for (let i = 2_000; i < 2_100; i++) {
    rosters.entered('r', viewer(`u${i}`));
    const roster = report(rosters, stored).get('r');
    assert.equal(roster?.users, i + 1);
    if (roster?.list) lists++;
  }
  assert.ok(lists < 10, `${lists} lists for a hundred joins`);
});

test('a report takes no more than its share of lists; the others follow in turn', () => {
  const rosters = new RoomMembers(200);
  const stored = new Map<string, string>();
  const avatar = 'x'.repeat(500);
  for (let room = 0; room < 20; room++) for (let i = 0; i < 150; i++) rosters.entered(`r${room}`, viewer(`u${i}`, { avatar }));
  const turns: string[][] = [];
  for (let i = 0; i < 10; i++) {
    // The first room never rests.
    rosters.entered('r0', viewer(`more${i}`));
    turns.push([...report(rosters, stored)].flatMap(([room, { list }]) => (list ? [room] : [])));
  }
  assert.ok((turns[0]?.length ?? 99) <= 8, `${turns[0]?.length} lists in one report`);
  assert.deepEqual(new Set(turns.slice(0, 4).flat()).size, 20, 'every room had its turn');
  const known = new Set(turns.flat());
  assert.equal(known.size, 20);
});

test('10,000 viewers of one room: a list is made in far less than a tick', () => {
  const rosters = new RoomMembers(200);
  for (let i = 0; i < 10_000; i++) rosters.entered('r', viewer(`user-${i}`, { level: i % 60, name: `观众${i}`, avatar: 'https://cdn.example/a.png' }));
  const times = Array.from({ length: 20 }, (_, index) => {
    rosters.entered('r', viewer(`more-${index}`));
    const began = performance.now();
    rosters.report();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  assert.ok((times[10] ?? 99) < 10, `${times[10]} ms`);
});
