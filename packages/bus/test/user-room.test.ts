// Rooms of users: every user has one, whatever the name, and no viewer can join one by name.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRoomName } from '@danmux/protocol';
import { isUserRoom, personalRoom, userRoomOf, userRooms } from '../src/user-room.ts';

test('every user has one of the rooms, always the same, and users spread over all', () => {
  const users = Array.from({ length: 1_000 }, (_, index) => `user-${index}`);
  const used = new Set(users.map(userRoomOf));
  assert.deepEqual([...used].sort(), [...userRooms].sort());
  assert.equal(userRoomOf('ann'), userRoomOf('ann'));
  for (const odd of ['', '弹幕 🎁', '\ud800', 'a b', '%', '@me']) assert.ok(userRooms.includes(userRoomOf(odd)), odd);
});

test('they are known as such, and none can be the name of a room', () => {
  for (const room of [...userRooms, personalRoom]) {
    assert.ok(isUserRoom(room), room);
    assert.equal(isRoomName(room), false, room);
  }
  for (const room of ['live:1', 'a@1', 'me']) assert.equal(isUserRoom(room), false, room);
});
