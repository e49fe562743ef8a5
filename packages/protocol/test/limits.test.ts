// The fixed sizes against one another: a limit that contradicts another could never be reached or always would.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanes, streamLanes } from '../src/lanes.ts';
import { limits } from '../src/limits.ts';

test('every limit is a whole number above zero', () => {
  for (const [name, value] of Object.entries(limits)) assert.ok(Number.isSafeInteger(value) && value > 0, name);
});

test('a message fits the packet or the body it arrives in', () => {
  assert.ok(limits.viewerData < limits.packet);
  assert.ok(limits.backendData < limits.body);
});

test('a page and a recovery ask for no more than a stream can hold', () => {
  const largest = Math.max(...streamLanes.map((lane) => lanes[lane].history.size));
  assert.ok(limits.recovery <= largest);
  assert.ok(limits.historyPage <= largest);
});
