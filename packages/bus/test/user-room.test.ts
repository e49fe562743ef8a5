// User rooms: every user id maps to one, and no viewer can join one by its name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRoomName } from '@danmux/protocol';
import { isUserRoom, personalRoom, userRoomOf, userRooms } from '../src/user-room.ts';

test('a user always maps to the same user room, and users spread over all of them', () => {
  const users = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);
  const used = new Set(users.map(userRoomOf));
  assert.deepEqual([...used].sort(), [...userRooms].sort());
  assert.equal(userRoomOf('ann'), userRoomOf('ann'));
  for (const odd of ['', '弹幕 🎁', '\ud800', 'a b', '%', '@me']) assert.ok(userRooms.includes(userRoomOf(odd)), odd);
});

test('isUserRoom recognises user rooms, and their names are not valid room names', () => {
  for (const room of [...userRooms, personalRoom]) {
    assert.ok(isUserRoom(room), room);
    assert.equal(isRoomName(room), false, room);
  }
  for (const room of ['live:1', 'a@1', 'me']) assert.equal(isUserRoom(room), false, room);
});
