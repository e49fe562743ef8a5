// Tests of a viewer's identity and of the rooms it may enter.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DanmuxError } from '@danmux/protocol';
import { checkMayEnter, guestViewer, memberOf, viewerOf } from '../../src/viewer/viewer.ts';

test('others see what the token says of it, and nothing more', () => {
  const viewer = viewerOf({ sub: 'ann', exp: 100, name: 'Ann', avatar: 'a.png', level: 0, roles: ['mod'], rooms: ['r'], device: 'phone' });
  assert.deepEqual(viewer, {
    id: 'ann',
    guest: false,
    rooms: ['r'],
    own: true,
    sends: true,
    expiresAt: 100_000,
    from: { id: 'ann', name: 'Ann', avatar: 'a.png', level: 0, roles: ['mod'] },
    login: { device: 'phone' },
  });
  assert.deepEqual(Object.keys(viewerOf({ sub: 'bob', exp: 1 }).from), ['id']);
});

test('each guest is another, read-only, and ends with its connection only', () => {
  const [one, two] = [guestViewer(), guestViewer()];
  assert.notEqual(one.id, two.id);
  assert.match(one.id, /^guest:/);
  assert.deepEqual([one.guest, one.rooms, one.expiresAt, one.from], [true, undefined, undefined, { id: one.id }]);
});

test('a member list shows what others see of it, guests as such, and of roles no more than it has room for', () => {
  const ann = viewerOf({ sub: 'ann', exp: 1, name: 'Ann', level: 3 });
  assert.deepEqual(memberOf(ann), { id: 'ann', name: 'Ann', level: 3 });
  const guest = guestViewer();
  assert.deepEqual(memberOf(guest), { id: guest.id, guest: true });
  const many = memberOf(viewerOf({ sub: 'bob', exp: 1, roles: Array.from({ length: 50 }, () => 'x'.repeat(99)) }));
  assert.deepEqual(many['roles'], new Array(16).fill('x'.repeat(32)));
});

test('may enter every room without rules, and only the named ones with them', () => {
  const may = (room: string, rooms?: string[]) => {
    try {
      checkMayEnter(viewerOf({ sub: 'ann', exp: 1, ...(rooms ? { rooms } : {}) }), room);
      return 'yes';
    } catch (error) {
      return error instanceof DanmuxError ? error.code : error;
    }
  };
  assert.equal(may('any'), 'yes');
  assert.equal(may('live:1', ['live:1']), 'yes');
  assert.equal(may('live:12', ['live:1']), 'room_forbidden');
  assert.equal(may('vip:gold', ['live:1', 'vip:*']), 'yes');
  assert.equal(may('any', ['*']), 'yes');
  assert.equal(may('live:1', []), 'room_forbidden');
});
