// The console's estimate of the cluster's time from the date header of replies.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnTime, serverTime } from '../../console/server-time.ts';

test("the time is the local clock's until the first reply, then the api's to a second, whatever the local clock is set to", (t) => {
  assert.ok(Math.abs(serverTime() - Date.now()) < 100);
  const day = Date.UTC(2026, 0, 1);
  let monotonic = 1_000;
  t.mock.method(performance, 'now', () => monotonic);
  learnTime('nonsense', 0);
  learnTime(null, 0);
  learnTime(new Date(day).toUTCString(), 1_000);
  assert.ok(Math.abs(serverTime() - day) <= 500);
  t.mock.method(Date, 'now', () => 0);
  monotonic += 60_000;
  assert.ok(Math.abs(serverTime() - day - 60_000) <= 500);
});
