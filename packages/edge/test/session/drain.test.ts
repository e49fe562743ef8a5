// Viewers of a draining edge leave one after the other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sendAway } from '../../src/session/drain.ts';
import type { Session } from '../../src/session/session.ts';

interface Told {
  slot: number;
  after: number;
  reason: string;
}
function viewers(count: number): { sessions: Set<Session>; told: Told[] } {
  const start = performance.now();
  const told: Told[] = [];
  const sessions = new Set<Session>();
  for (let i = 0; i < count; i++) {
    const one: Told = { slot: -1, after: -1, reason: '' };
    told.push(one);
    const emit = (event: string, payload: { reconnect_in_ms: number }) => {
      assert.equal(event, 'goaway');
      one.slot = payload.reconnect_in_ms;
    };
    const close = (reason: string) => Object.assign(one, { reason, after: performance.now() - start });
    sessions.add({ emit, close } as unknown as Session);
  }
  return { sessions, told };
}

test('every viewer gets its own slot at once, and is disconnected no earlier', async () => {
  const { sessions, told } = viewers(5);
  const away = sendAway(sessions, 100);
  assert.deepEqual(
    told.map(({ slot }) => slot),
    [20, 40, 60, 80, 100],
  );
  await away;
  for (const { slot, after, reason } of told) {
    assert.equal(reason, 'drain');
    assert.ok(after >= slot, `slot ${slot} ended after ${after} ms`);
  }
  assert.ok((told[0]?.after ?? 0) < (told[4]?.after ?? 0), 'not all together');
});

test('an edge without viewers is drained at once', async () => {
  const start = performance.now();
  await sendAway(new Set(), 60_000);
  assert.ok(performance.now() - start < 10_000, 'it does not wait for the time of the drain');
});

test('with no time to drain all leave at once', async () => {
  const { sessions, told } = viewers(3);
  await sendAway(sessions, 0);
  assert.deepEqual(
    told.map(({ slot, reason }) => [slot, reason]),
    Array.from({ length: 3 }, () => [0, 'drain']),
  );
});
