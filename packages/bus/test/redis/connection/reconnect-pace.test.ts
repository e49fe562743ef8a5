// A connection comes back quickly after an outage and slowly while the server refuses it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReconnectPace } from '../../../src/redis/connection/reconnect-pace.ts';

test('without refusals a second at most lies between two tries', () => {
  const pace = new ReconnectPace();
  for (let attempt = 1; attempt < 50; attempt++) assert.ok(pace.delayMs(attempt, 0) <= 1_000, `${attempt}`);
  assert.ok(pace.delayMs(1, 0) <= 50);
});

test('each refusal makes the next try later, also when the connection stood in between; a failover has many tries in two seconds', () => {
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

test('a refusal of long ago slows nothing', () => {
  const pace = new ReconnectPace();
  for (let i = 0; i < 20; i++) pace.refused(0);
  assert.ok(pace.delayMs(1, 20_000) <= 50);
  pace.refused(20_000);
  assert.ok(pace.delayMs(1, 20_000) <= 50, 'and counts from one again');
});
