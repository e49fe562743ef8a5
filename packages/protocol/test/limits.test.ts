// Tests that the fixed limits are consistent: a message fits into its packet, a page into its stream.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanes, streamLanes } from '../src/lanes.ts';
import { limits } from '../src/limits.ts';

test('every limit is a positive integer', () => {
  for (const [name, value] of Object.entries(limits)) assert.ok(Number.isSafeInteger(value) && value > 0, name);
});

test('the largest message fits into a packet or request body', () => {
  assert.ok(limits.viewerData < limits.packet);
  assert.ok(limits.backendData < limits.body);
});

test('a page and a recovery are no larger than a stream', () => {
  const largest = Math.max(...streamLanes.map((lane) => lanes[lane].history.size));
  assert.ok(limits.recovery <= largest);
  assert.ok(limits.historyPage <= largest);
});
