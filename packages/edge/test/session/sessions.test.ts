// Tests of Sessions: the sessions of each user on an edge.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../src/session/session.ts';
import { Sessions } from '../../src/session/sessions.ts';

let sessions: Sessions;
const session = (user: string) => ({ viewer: { id: user }, connectionId: sessions.takeId() }) as unknown as Session;

test('a user has one session, several, and none again', () => {
  sessions = new Sessions();
  const [phone, tablet, bob] = [session('ann'), session('ann'), session('bob')];
  assert.deepEqual(sessions.of('ann'), []);
  for (const one of [phone, bob, tablet]) sessions.add(one);
  assert.equal(new Set([phone, bob, tablet].map(({ connectionId }) => connectionId)).size, 3);
  assert.deepEqual([sessions.of('ann'), sessions.of('bob'), sessions.size], [[phone, tablet], [bob], 3]);
  sessions.delete(phone);
  sessions.delete(phone);
  assert.deepEqual([sessions.of('ann'), [...sessions.all]], [[tablet], [bob, tablet]]);
  sessions.delete(tablet);
  assert.deepEqual([sessions.of('ann'), sessions.size], [[], 1]);
});
