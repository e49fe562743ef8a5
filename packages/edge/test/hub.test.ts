// Who is in which room of this edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../src/hub.ts';
import { prepare } from '../src/prepared.ts';
import type { Session } from '../src/session.ts';

interface Listener {
  readonly rooms: Set<string>;
  readonly got: string[];
}
function session(onDeliver: (self: Session) => void = () => {}): Session & Listener {
  const got: string[] = [];
  const deliver = (room: string) => {
    got.push(room);
    onDeliver(self);
  };
  const self = { rooms: new Set<string>(), got, deliver } as unknown as Session & Listener;
  return self;
}
const frame = prepare('presence', { room: 'a', online: 1 });

test('delivers to the sessions of the room, once each, and says to how many', () => {
  const hub = new Hub();
  const [ann, bob, eve] = [session(), session(), session()];
  hub.add('a', ann);
  hub.add('a', ann);
  hub.add('a', bob);
  hub.add('b', eve);
  assert.equal(hub.deliver('a', frame), 2);
  assert.deepEqual([ann.got, bob.got, eve.got], [['a'], ['a'], []]);
  assert.equal(hub.deliver('nobody', frame), 0);
});

test('a session knows its rooms, and a room is forgotten with its last session', () => {
  const hub = new Hub();
  const [ann, bob] = [session(), session()];
  hub.add('a', ann);
  hub.add('b', ann);
  hub.add('a', bob);
  assert.deepEqual([...ann.rooms], ['a', 'b']);
  assert.deepEqual([[...hub.rooms], hub.size, hub.count('a'), hub.count('c')], [['a', 'b'], 2, 2, 0]);
  assert.equal(hub.remove('a', ann), false, 'bob is there');
  assert.equal(hub.remove('a', bob), true);
  assert.equal(hub.remove('a', bob), false, 'he left before');
  assert.deepEqual([[...hub.rooms], [...ann.rooms]], [['b'], ['b']]);
});

test('a session that is cut off while it is written to does not keep the others from the frame', () => {
  const hub = new Hub();
  const slow = session((self) => hub.remove('a', self));
  const [before, after] = [session(), session()];
  for (const one of [before, slow, after]) hub.add('a', one);
  hub.deliver('a', frame);
  assert.deepEqual([before.got, after.got], [['a'], ['a']]);
  assert.equal(hub.count('a'), 2);
});
