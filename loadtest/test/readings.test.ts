// Parsing of kernel statistics and metrics.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricIn } from '@danmux/testkit';
import { busySecondsIn } from '../src/process/core-time.ts';
import { cpuSecondsIn, rssIn, usageOf } from '../src/process/usage.ts';
import { unbalanced } from '../src/servers/server.ts';
import { shareOf } from '../src/swarm/fleet.ts';

test('CPU time of a process whose name holds spaces and brackets', () => {
  assert.equal(cpuSecondsIn('42 (node (x) y) S 1 42 42 0 -1 4194560 10 0 0 0 250 150 0 0 20 0 11 0 1 2 3'), 4);
});

test('resident memory', () => assert.equal(rssIn('Name:\tnode\nVmHWM:\t 9 kB\nVmRSS:\t   2048 kB\n'), 2 * 2 ** 20));

test('this process uses memory; an ended one uses nothing', () => {
  assert.ok(usageOf([process.pid]).rssBytes > 2 ** 20);
  assert.deepEqual(usageOf([2 ** 30]), { cpuSeconds: 0, rssBytes: 0 });
});

test('a core is busy with all but idling and waiting', () => {
  const stat = 'cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 100 0 200 5000 700 10 20 70 0 0\ncpu1 1 1 1 1 1 1 1 1 0 0\n';
  assert.equal(busySecondsIn(stat, 0), 4);
});

test('the series of a metric are summed, without those of other metrics', () => {
  const text = '# HELP a b\na_total{reason="slow",x="1"} 2\na_total{reason="closed"} 3\na_total_more 9\nlag 1.5e-3\n';
  assert.equal(metricIn(text, 'a_total'), 5);
  assert.equal(metricIn(text, 'a_total', { reason: 'slow' }), 2);
  assert.equal(metricIn(text, 'lag'), 0.0015);
  assert.equal(metricIn(text, 'none'), undefined);
});

test('a ledger that does not balance names the lane', () => {
  const ledger = { accepted: { gift: 3, chat: 10 }, sequenced: { gift: 3, chat: 6 }, shed: { gift: {}, chat: { budget: 3 } } };
  assert.deepEqual(unbalanced(ledger), ['chat: 10 accepted, 6 sequenced, 3 shed']);
  assert.deepEqual(unbalanced({ ...ledger, shed: { gift: {}, chat: { budget: 3, ingress_full: 1 } } }), []);
});

test('viewers are shared out without a rest', () => {
  const shares = [0, 1, 2].map((at) => shareOf(10, 3, at));
  assert.deepEqual(shares, [
    { first: 0, viewers: 3 },
    { first: 3, viewers: 3 },
    { first: 6, viewers: 4 },
  ]);
});
