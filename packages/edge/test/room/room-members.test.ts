// Tests of RoomMembers: the users of a room on this edge, and when its list is sent to Redis: after a change, in turn, and again after a loss.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MemberReport } from '@danmux/bus';
import type { RoomMember } from '@danmux/protocol';
import { RoomMembers } from '../../src/room/room-members.ts';
import { viewerOf } from '../../src/viewer/viewer.ts';

const viewer = (id: string, claims: object = {}) => viewerOf({ sub: id, exp: 1, ...claims });
const membersOf = (members: MemberReport | undefined): readonly RoomMember[] | undefined =>
  members?.list && (JSON.parse(members.list.text) as { members: RoomMember[] }).members;

/** Makes a report and confirms that all of its lists are stored. */
function report(reports: RoomMembers, stored = new Map<string, string>()): ReadonlyMap<string, MemberReport> {
  const reported = reports.report();
  for (const [room, { list }] of reported) if (list) stored.set(room, list.version);
  for (const room of reported.keys()) reports.learned(room, stored.get(room));
  return reported;
}

test('a list goes once, then again only when somebody came or went for good', () => {
  const reports = new RoomMembers(200);
  const stored = new Map<string, string>();
  const sent = () => membersOf(report(reports, stored).get('r'))?.map(({ id }) => id);
  reports.entered('r', viewer('ann'));
  reports.entered('r', viewer('bob'));
  assert.deepEqual(sent(), ['ann', 'bob']);
  assert.equal(sent(), undefined);
  reports.entered('r', viewer('ann'));
  reports.left('r', viewer('ann'));
  assert.equal(sent(), undefined, 'a second connection is no other user');
  reports.left('r', viewer('ann'));
  assert.deepEqual(sent(), ['bob']);
  reports.entered('r', viewer('bob', { level: 2 }));
  assert.deepEqual(sent(), ['bob'], 'with its new level');
  reports.left('r', viewer('bob'));
  reports.left('r', viewer('bob'));
  reports.left('r', viewer('nobody'));
  assert.deepEqual(report(reports, stored), new Map(), 'a room without users is not spoken of');
});

test('who left and came back before the report costs no list', () => {
  const reports = new RoomMembers(200);
  const stored = new Map<string, string>();
  for (const id of ['ann', 'bob']) reports.entered('r', viewer(id));
  report(reports, stored);
  reports.left('r', viewer('bob'));
  reports.entered('r', viewer('bob'));
  assert.deepEqual(report(reports, stored).get('r'), { users: 2 });
});

test('a list that did not arrive, or that the store lost, is sent again', () => {
  const reports = new RoomMembers(200);
  const stored = new Map<string, string>();
  reports.entered('r', viewer('ann'));
  reports.report();
  assert.deepEqual(reports.report().get('r'), { users: 1 }, 'nothing is known of the first one yet');
  reports.learned('r', undefined);
  assert.equal(membersOf(report(reports, stored).get('r'))?.length, 1);
  stored.clear();
  report(reports, stored);
  assert.equal(membersOf(report(reports, stored).get('r'))?.length, 1);
  assert.equal(membersOf(report(reports, stored).get('r')), undefined);
});

test('every report of a large room has the number of users, and a list only when its members changed', () => {
  const reports = new RoomMembers(10);
  const stored = new Map<string, string>();
  for (let i = 0; i < 2_000; i++) reports.entered('r', viewer(`u${i}`, { level: 1 }));
  assert.equal(membersOf(report(reports, stored).get('r'))?.length, 10);
  let lists = 0;
  for (let i = 2_000; i < 2_100; i++) {
    reports.entered('r', viewer(`u${i}`));
    const members = report(reports, stored).get('r');
    assert.equal(members?.users, i + 1);
    if (members?.list) lists++;
  }
  assert.ok(lists < 10, `${lists} lists for a hundred joins`);
});

test('a report takes no more than its share of lists; the others follow in turn', () => {
  const reports = new RoomMembers(200);
  const stored = new Map<string, string>();
  const avatar = 'x'.repeat(500);
  for (let room = 0; room < 20; room++) for (let i = 0; i < 150; i++) reports.entered(`r${room}`, viewer(`u${i}`, { avatar }));
  const turns: string[][] = [];
  for (let i = 0; i < 10; i++) {
    // The first room never rests.
    reports.entered('r0', viewer(`more${i}`));
    turns.push([...report(reports, stored)].flatMap(([room, { list }]) => (list ? [room] : [])));
  }
  assert.ok((turns[0]?.length ?? 99) <= 8, `${turns[0]?.length} lists in one report`);
  assert.deepEqual(new Set(turns.slice(0, 4).flat()).size, 20, 'every room had its turn');
  const known = new Set(turns.flat());
  assert.equal(known.size, 20);
});

test('10,000 viewers of one room: a list is made in far less than a tick', () => {
  const reports = new RoomMembers(200);
  for (let i = 0; i < 10_000; i++) reports.entered('r', viewer(`user-${i}`, { level: i % 60, name: `观众${i}`, avatar: 'https://cdn.example/a.png' }));
  const times = Array.from({ length: 20 }, (_, index) => {
    reports.entered('r', viewer(`more-${index}`));
    const began = performance.now();
    reports.report();
    return performance.now() - began;
  }).sort((a, b) => a - b);
  assert.ok((times[10] ?? 99) < 10, `${times[10]} ms`);
});
