// Tests of RoomSessions: the first frame each session gets, and the sessions that joined after the last epoch began.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomSessions } from '../../src/room/room-sessions.ts';
import { fakeSession } from '../fake-session.ts';

test('a session gets the frames after its join, and an answered second join begins anew', () => {
  const sessions = new RoomSessions('r');
  const [ann, bob] = [fakeSession(), fakeSession()];
  sessions.add(ann);
  assert.deepEqual([sessions.nextFrame(), sessions.nextFrame()], [1, 2]);
  sessions.add(bob);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.joinedAfter(bob), sessions.lastJoin], [0, 2, 2]);
  sessions.nextFrame();
  sessions.add(ann);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.repeatedAfter(ann), sessions.size, sessions.lastJoin], [0, 3, 2, 3]);
  sessions.nextFrame();
  sessions.endRepeat(ann, true);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.repeatedAfter(ann)], [3, undefined]);
  assert.equal(sessions.remove(ann), true);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.remove(ann)], [undefined, false]);
});

test('a second join that fails, or is never answered, leaves the start where it was', () => {
  const sessions = new RoomSessions('r');
  const ann = fakeSession();
  sessions.add(ann);
  sessions.nextFrame();
  sessions.add(ann);
  sessions.endRepeat(ann, false);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.repeatedAfter(ann)], [0, undefined]);
  sessions.add(ann);
  sessions.remove(ann);
  sessions.endRepeat(ann, true);
  assert.deepEqual([sessions.joinedAfter(ann), sessions.repeatedAfter(ann)], [undefined, undefined]);
});

test('a list in use does not change, and the version shows that there is a newer one', () => {
  const sessions = new RoomSessions('r');
  const [ann, bob] = [fakeSession(), fakeSession()];
  sessions.add(ann);
  const { list, version } = sessions;
  assert.equal(sessions.list, list, 'nothing changed, so no new list is made');
  sessions.add(bob);
  assert.deepEqual([list, sessions.list], [[ann], [ann, bob]]);
  assert.ok(sessions.version > version, 'the version grew');
  assert.equal(sessions.remove(fakeSession()), false);
});

test('newcomers are the sessions that joined since the last epoch began, not those that join again', () => {
  const sessions = new RoomSessions('r');
  const [ann, bob, eve] = [fakeSession(), fakeSession(), fakeSession()];
  sessions.add(ann);
  assert.deepEqual([...sessions.newcomers], [], 'there was no new epoch');
  sessions.beginEpoch();
  for (const session of [ann, bob, eve]) sessions.add(session);
  assert.deepEqual([...sessions.newcomers], [bob, eve]);
  sessions.remove(eve);
  assert.deepEqual([...sessions.newcomers], [bob]);
  sessions.beginEpoch();
  assert.deepEqual([...sessions.newcomers], []);
});
