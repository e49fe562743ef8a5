// What a process says of itself: of now at once, rates and lag after two seconds, and never more often.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testRuntime } from '@danmux/testkit/unit';
import { laneTotals, ProcessStats, type RoleNumbers, totalOf } from '../src/process-stats.ts';

/** An hour ahead of this machine. */
const now = Date.now() + 3_600_000;
const runtime = testRuntime({ after }, {}, { role: 'edge', version: '1', clock: { now: () => now } });
const lanes = { control: 0, gift: 0, chat: 0, ambient: 0 };

test('gauges are current at once; rates and lag cover the time since the last read', async () => {
  let asked = 0;
  let role: RoleNumbers = { gauges: { connections: 3 }, messages: { ...lanes, chat: 1_000 }, outBytes: 50 };
  const numbers = new ProcessStats(runtime, async () => {
    asked++;
    return role;
  });
  numbers.start();
  const first = await numbers.read(10_000);
  assert.deepEqual([first.connections, first.seen_at, first.per_second, first.lag_ms, first.cpu], [3, now, undefined, undefined, undefined]);
  assert.ok((first.rss_bytes ?? 0) > 1_000_000 && (first.heap_bytes ?? 0) > 100_000, JSON.stringify(first));
  const ranMs = now - (first.started_at ?? 0);
  assert.ok(Math.abs(ranMs - performance.now()) < 5_000, `it began ${ranMs} ms ago`);
  role = { gauges: { connections: 4 }, messages: { ...lanes, chat: 1_101, gift: 1 }, outBytes: 4_050 };
  assert.deepEqual(await numbers.read(11_999), first);
  assert.equal(asked, 1);
  const second = await numbers.read(14_000);
  assert.deepEqual([second.connections, second.per_second, second.out_bytes_per_second], [4, { ...lanes, chat: 25.3, gift: 0.3 }, 1_000]);
  assert.ok((second.lag_ms ?? -1) >= 0 && (second.cpu ?? -1) >= 0, JSON.stringify(second));
  numbers.stop();
});

test('a loop that is held up shows in the lag', async () => {
  const numbers = new ProcessStats(runtime, async () => ({}));
  numbers.start();
  await numbers.read(1);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const until = performance.now() + 80;
  while (performance.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 30));
  const { lag_ms: lag = 0, per_second: rates } = await numbers.read(3_000);
  assert.ok(lag > 50, `a lag of ${lag} ms`);
  assert.equal(rates, undefined);
  numbers.stop();
});

test('totals by lane, of all rows or of those with a label', async () => {
  const { accepted, deliveredBytes } = runtime.metrics;
  accepted.inc({ lane: 'chat', source: 'api' }, 2);
  accepted.inc({ lane: 'chat', source: 'edge' }, 3);
  accepted.inc({ lane: 'gift', source: 'edge' }, 1);
  deliveredBytes.inc(7);
  assert.deepEqual(await laneTotals(accepted), { ...lanes, chat: 5, gift: 1 });
  assert.deepEqual(await laneTotals(accepted, { source: 'api' }), { ...lanes, chat: 2 });
  assert.equal(await totalOf(deliveredBytes), 7);
});
