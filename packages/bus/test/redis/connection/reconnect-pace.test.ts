// Reconnects are fast after an outage and slow while the server refuses the connection.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReconnectPace } from '../../../src/redis/connection/reconnect-pace.ts';

test('without refusals the delay between two attempts is at most one second', () => {
  const pace = new ReconnectPace();
  for (let attempt = 1; attempt < 50; attempt++) assert.ok(pace.delayMs(attempt, 0) <= 1_000, `${attempt}`);
  assert.ok(pace.delayMs(1, 0) <= 50);
});

test('each refusal raises the next delay, also after a successful connection in between; a failover still gets many attempts in two seconds', () => {
  const pace = new ReconnectPace();
  let at = 0;
  const tries: number[] = [];
  while (at < 60_000) {
    pace.refused(at);
    at += pace.delayMs(1, at);
    tries.push(at);
  }
  assert.ok(tries.filter((time) => time < 2_000).length >= 5, `${tries.slice(0, 8)}`);
  assert.ok(tries.length < 35, `${tries.length} tries in a minute`);
});

test('an old refusal does not raise the delay', () => {
  const pace = new ReconnectPace();
  for (let i = 0; i < 20; i++) pace.refused(0);
  assert.ok(pace.delayMs(1, 20_000) <= 50);
  pace.refused(20_000);
  assert.ok(pace.delayMs(1, 20_000) <= 50, 'and counts from one again');
});
