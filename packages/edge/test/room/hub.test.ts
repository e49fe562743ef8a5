// Who is in which room of this edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Hub } from '../../src/room/hub.ts';
import type { Session } from '../../src/session/session.ts';

const session = () => ({ rooms: new Set<string>() }) as unknown as Session;

test('a session is in a room once, and a room lists its own', () => {
  const hub = new Hub();
  const [ann, bob, eve] = [session(), session(), session()];
  hub.add('a', ann);
  hub.add('a', ann);
  hub.add('a', bob);
  hub.add('b', eve);
  assert.deepEqual(hub.roster('a')?.list, [ann, bob]);
  assert.deepEqual(hub.roster('b')?.list, [eve]);
  assert.equal(hub.roster('nobody'), undefined);
});

test('a list that was taken stays as it was, the next one is new', () => {
  const hub = new Hub();
  const [ann, bob] = [session(), session()];
  hub.add('a', ann);
  const before = hub.roster('a')?.list;
  hub.add('a', bob);
  hub.remove('a', ann);
  assert.deepEqual([before, hub.roster('a')?.list], [[ann], [bob]]);
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

test('from which frame on a session is written to: from its last join', () => {
  const hub = new Hub();
  const [ann, bob] = [session(), session()];
  hub.add('a', ann);
  const roster = hub.roster('a') ?? assert.fail();
  roster.frame = 5;
  hub.add('a', bob);
  assert.deepEqual([roster.since(ann), roster.since(bob), roster.lastJoin], [0, 5, 5]);
  hub.add('a', ann);
  assert.deepEqual([roster.since(ann), roster.size], [5, 2]);
});
