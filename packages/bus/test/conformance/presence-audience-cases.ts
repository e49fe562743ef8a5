// The audience of a room: merged member lists of all edges whose reports have not expired.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RoomMember } from '@danmux/protocol';
import { eventually } from '@danmux/testkit/unit';
import { type HashedMember, listMembers, memberHash } from '../../src/audience/member-list.ts';
import type { Bus } from '../../src/bus.ts';
import type { MemberReport } from '../../src/contract/presence.ts';
import type { MakeEngine } from './case-kit.ts';

const ttlMs = 60_000;

export const usersOf = (members: readonly RoomMember[]): Map<string, HashedMember> =>
  new Map(members.map((member) => [member.id, { member, hash: memberHash(member.id) }]));

const rosterOf = (...members: RoomMember[]): MemberReport => ({ users: members.length, list: listMembers(usersOf(members), 200) });

/** A report about one room in which each member has one connection. */
const report = (bus: Bus, edge: string, room: string, members: readonly RoomMember[], ttl = ttlMs) =>
  bus.presence.report(edge, new Map([[room, members.length]]), ttl, new Map([[room, rosterOf(...members)]]));

const ann = { id: 'ann', name: '安', level: 9 };
const bob = { id: 'bob' };
const cat = { id: 'cat', level: 9, avatar: 'https://a/b"\n' };

export function audienceCases(engine: MakeEngine): void {
  describe('audience', () => {
    test('the audience of an empty room is empty and complete', async () => {
      const { bus } = await engine();
      assert.deepEqual(await bus.presence.audience('nobody'), { online: 0, users: 0, members: [], complete: true });
    });

    test('the audience lists members of all edges once, highest level first, then by id', async () => {
      const { bus } = await engine();
      await report(bus, 'e1', 'a', [bob, cat]);
      await report(bus, 'e2', 'a', [ann, cat]);
      await report(bus, 'e2', 'b', [bob]);
      assert.deepEqual(await bus.presence.audience('a'), { online: 4, users: 3, members: [ann, cat, bob], complete: true });
      assert.deepEqual(await bus.presence.audience('b'), { online: 1, users: 1, members: [bob], complete: true });
    });

    test('a report without a list keeps the stored one, and the pulse has its version', async () => {
      const { bus } = await engine();
      const roster = rosterOf(ann);
      const none = await bus.presence.report('e1', new Map([['a', 3]]), ttlMs);
      assert.equal(none.get('a')?.list, undefined);
      const sent = await bus.presence.report('e1', new Map([['a', 3]]), ttlMs, new Map([['a', roster]]));
      assert.equal(sent.get('a')?.list, roster.list?.version);
      const kept = await bus.presence.report('e1', new Map([['a', 4]]), ttlMs);
      assert.equal(kept.get('a')?.list, roster.list?.version);
      assert.equal((await bus.presence.report('e2', new Map([['a', 1]]), ttlMs)).get('a')?.list, undefined, 'the stored list belongs to another edge');
      await bus.presence.report('e2', new Map([['a', 0]]), ttlMs);
      assert.deepEqual(await bus.presence.audience('a'), { online: 4, users: 1, members: [ann], complete: true });
    });

    test('a report without a list updates the number of users and keeps the list', async () => {
      const { bus } = await engine();
      const many = Array.from({ length: 300 }, (_, index) => ({ id: `u${index}` }));
      const list = listMembers(usersOf(many), 200);
      await bus.presence.report('e1', new Map([['a', 400]]), ttlMs, new Map([['a', { users: 300, list }]]));
      const pulses = await bus.presence.report('e1', new Map([['a', 401]]), ttlMs, new Map([['a', { users: 301 }]]));
      assert.equal(pulses.get('a')?.list, list.version);
      const { online, users, members, complete } = await bus.presence.audience('a');
      assert.deepEqual([online, users, members.length, complete], [401, 301, 200, false]);
    });

    test('a newer list replaces the older one', async () => {
      const { bus } = await engine();
      await report(bus, 'e1', 'a', [ann, bob]);
      await report(bus, 'e1', 'a', [cat]);
      assert.deepEqual(await bus.presence.audience('a'), { online: 1, users: 1, members: [cat], complete: true });
    });

    test('an edge that never sent a list counts by its connections, and the audience is not complete', async () => {
      const { bus } = await engine();
      await report(bus, 'e1', 'a', [ann]);
      await bus.presence.report('e2', new Map([['a', 5]]), ttlMs);
      assert.deepEqual(await bus.presence.audience('a'), { online: 6, users: 6, members: [ann], complete: false });
    });

    test('members of an edge are removed when it reports 0 and when its report expires', async () => {
      const { bus } = await engine();
      await report(bus, 'gone', 'a', [bob]);
      await report(bus, 'alive', 'a', [ann]);
      await report(bus, 'dead', 'a', [cat], 100);
      const pulses = await bus.presence.report('gone', new Map([['a', 0]]), ttlMs);
      assert.equal(pulses.get('a')?.list, undefined);
      await eventually(async () => assert.deepEqual(await bus.presence.audience('a'), { online: 1, users: 1, members: [ann], complete: true }));
    });

    test('the pulse of an edge whose report had expired has no list version', async () => {
      const { bus } = await engine();
      await report(bus, 'paused', 'a', [ann], 50);
      await eventually(async () => assert.equal(await bus.presence.online('a'), 0));
      const pulses = await bus.presence.report('paused', new Map([['a', 1]]), ttlMs);
      assert.equal(pulses.get('a')?.list, undefined);
      assert.deepEqual(await bus.presence.audience('a'), { online: 1, users: 1, members: [], complete: false });
    });

    test('after a loss of all data the pulses of all edges have no list version', async () => {
      const made = await engine();
      await report(made.bus, 'e1', 'a', [ann]);
      await made.wipe();
      await eventually(async () => {
        const pulses = await made.bus.presence.report('e1', new Map([['a', 1]]), ttlMs);
        assert.equal(pulses.get('a')?.list, undefined);
      });
    });

    test('one report may contain large lists of many rooms', async () => {
      const { bus } = await engine();
      const members = Array.from({ length: 200 }, (_, index) => ({ id: `u${index}`, avatar: `https://cdn.example/${'x'.repeat(200)}/${index}` }));
      const rooms = Array.from({ length: 60 }, (_, index) => `r${index}`);
      const roster = rosterOf(...members);
      const pulses = await bus.presence.report('e1', new Map(rooms.map((room) => [room, 200])), ttlMs, new Map(rooms.map((room) => [room, roster])));
      assert.deepEqual(new Set(rooms.map((room) => pulses.get(room)?.list)), new Set([roster.list?.version]));
      assert.equal((await bus.presence.audience('r59')).members.length, 200);
    });

    test('calls within a second share one answer; a later call reads again', async () => {
      const { bus } = await engine();
      await report(bus, 'e1', 'a', [ann]);
      const [first, second] = await Promise.all([bus.presence.audience('a'), bus.presence.audience('a')]);
      assert.equal(first, second);
      await report(bus, 'e1', 'a', [ann, bob]);
      await eventually(async () => assert.equal((await bus.presence.audience('a')).users, 2));
    });
  });
}
