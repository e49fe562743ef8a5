// What a relay has seen of rooms: the furthest heads of an epoch, the epochs that ended, of a bounded number of rooms.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Heads } from '@danmux/bus';
import { RoomClaims } from '../src/room-claims.ts';

const heads = (epoch: string, gift: number): Heads => ({ epoch, offsets: { control: 0, gift, chat: 0 } });

test('of a room it knows nothing of it claims nothing', () => {
  assert.deepEqual(new RoomClaims().of('r'), { ended: [] });
});

test('it claims the furthest it saw, also when an older read comes later', () => {
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

test('past its cap it forgets the room it saw longest ago', () => {
  const claims = new RoomClaims(2);
  for (const room of ['a', 'b', 'a', 'c']) claims.saw(room, heads('e1', 1));
  assert.deepEqual(
    ['a', 'b', 'c'].map((room) => claims.of(room).known !== undefined),
    [true, false, true],
  );
});
