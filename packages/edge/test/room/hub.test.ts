// Tests of Hub: the sessions in each room of this edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../src/room/hub.ts';
import { fakeSession } from '../fake-session.ts';

const session = () => fakeSession();

test('a session is in a room once, and a room lists its own', () => {
  const hub = new Hub();
  const [ann, bob, eve] = [session(), session(), session()];
  hub.add('a', ann);
  hub.add('a', ann);
  hub.add('a', bob);
  hub.add('b', eve);
  assert.deepEqual(hub.sessionsIn('a')?.list, [ann, bob]);
  assert.deepEqual(hub.sessionsIn('b')?.list, [eve]);
  assert.equal(hub.sessionsIn('nobody'), undefined);
});

test('a list that was taken stays as it was, the next one is new', () => {
  const hub = new Hub();
  const [ann, bob] = [session(), session()];
  hub.add('a', ann);
  const before = hub.sessionsIn('a')?.list;
  hub.add('a', bob);
  hub.remove('a', ann);
  assert.deepEqual([before, hub.sessionsIn('a')?.list], [[ann], [bob]]);
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

test('a session is written to from its last answered join on', () => {
  const hub = new Hub();
  const [ann, bob] = [session(), session()];
  hub.add('a', ann);
  const sessions = hub.sessionsIn('a') ?? assert.fail();
  for (let frame = 0; frame < 5; frame++) sessions.nextFrame();
  hub.add('a', bob);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.joinedAfter(bob), sessions.lastJoin], [0, 5, 5]);
  hub.add('a', ann);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.size], [0, 2]);
  sessions.endRepeat(ann, true);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.size], [5, 2]);
});
