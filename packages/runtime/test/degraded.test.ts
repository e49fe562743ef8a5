import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Degraded } from '../src/degraded.ts';
import { Health } from '../src/health.ts';
import { probe } from '../src/health-server.ts';
import { createMetrics } from '../src/metrics.ts';

function recorded() {
  const lines: string[] = [];
  const write = (fields: unknown, message?: string) => void lines.push(`${message} ${(fields as { code: string }).code}`);
  return { lines, log: { info: write, warn: write } as never };
}

test('the start and end of a problem are logged once; a change of its text is not logged', () => {
  const { lines, log } = recorded();
  const degraded = new Degraded(log);
  degraded.set('clock_skew', 'The clock is 2 s fast.');
  degraded.set('clock_skew', 'The clock is 3 s fast.');
  assert.deepEqual(degraded.list, [{ code: 'clock_skew', text: 'The clock is 3 s fast.' }]);
  degraded.clear('clock_skew');
  degraded.clear('clock_skew');
  assert.deepEqual(degraded.list, []);
  assert.deepEqual(lines, ['degraded clock_skew', 'no longer degraded clock_skew']);
});

test('a degraded process is ready, and /readyz and /metrics show the problem', async () => {
  const metrics = createMetrics({ defaults: false });
  const degraded = new Degraded(undefined, metrics.degraded);
  const health = new Health(undefined, degraded);
  degraded.set('redis_refused', 'Redis refuses EVALSHA.');
  const answer = await probe({ health, metrics }, '/readyz');
  assert.equal(answer?.status, 200);
  assert.deepEqual(JSON.parse(answer?.body ?? ''), { ready: true, checks: {}, degraded: [{ code: 'redis_refused', text: 'Redis refuses EVALSHA.' }] });
  assert.match((await probe({ health, metrics }, '/metrics'))?.body ?? '', /danmux_degraded\{code="redis_refused"\} 1/);
});
