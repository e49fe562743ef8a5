// When a server counts as keeping up.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../src/saturation.ts';

const window = (deliveriesPerSecond: number, p99: number) => ({ deliveriesPerSecond, latencies: { chat: { count: 1, p50: 1, p90: 1, p99, max: p99 } } });

test('all of it, in time', () => assert.equal(judge(window(1_000, 399), 1_000, 400).keptUp, true));
test('too late', () => assert.deepEqual(judge(window(1_000, 401), 1_000, 400), { keptUp: false, why: 'p99 401 ms is above 400 ms' }));
test('too little', () => assert.deepEqual(judge(window(900, 10), 1_000, 400), { keptUp: false, why: '90 % of what was offered' }));
test('nothing', () => assert.equal(judge({ deliveriesPerSecond: 0, latencies: {} }, 1_000, 400).keptUp, false));
