// The record of seen rooms: highest heads of an epoch, ended epochs, a bounded number of rooms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heads } from '@danmux/bus';
import { RoomClaims } from '../src/room-claims.ts';

const heads = (epoch: string, gift: number): Heads => ({ epoch, offsets: { control: 0, gift, chat: 0 } });

test('an unknown room has no claim', () => {
  assert.deepEqual(new RoomClaims().of('r'), { ended: [] });
});

test('the claim has the highest heads, also after an older read', () => {
  const claims = new RoomClaims();
  for (const gift of [1, 3, 2]) claims.saw('r', heads('e1', gift));
  assert.deepEqual(claims.of('r'), { known: heads('e1', 3), ended: [] });
});

test('it names the epochs that ended, those of the line too, the last eight', () => {
  const claims = new RoomClaims();
  claims.saw('r', heads('e1', 9));
  claims.saw('r', { ...heads('e2', 4), forks: [{ epoch: 'e0', offsets: heads('e0', 4).offsets }] });
  assert.deepEqual(claims.of('r').ended, ['e1', 'e0']);
  for (let n = 3; n < 20; n++) claims.saw('r', heads(`e${n}`, 1));
  assert.deepEqual(claims.of('r').ended, ['e11', 'e12', 'e13', 'e14', 'e15', 'e16', 'e17', 'e18']);
});

test('above the cap the least recently used room is dropped', () => {
  const claims = new RoomClaims(2);
  for (const room of ['a', 'b', 'a', 'c']) claims.saw(room, heads('e1', 1));
  assert.deepEqual(
    ['a', 'b', 'c'].map((room) => claims.of(room).known !== undefined),
    [true, false, true],
  );
});
