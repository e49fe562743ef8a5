// The formulas of the capacity sheet, against results computed by hand.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Assumptions, capacityOf, type PerCore } from '../src/report/capacity.ts';

const core: PerCore = {
  deliveries: 1_000_000,
  writes: 80_000,
  relayMessage: 100e-6,
  apiMessage: 50e-6,
  redisMessage: 60e-6,
  redisCopy: 5e-6,
  connectionBytes: 10_000,
};
const given: Assumptions = { headroom: 0.5, messagesPerSecond: 20, tickMs: 100, connectionsPerEdge: 15_000 };

test('writes bound the edges when frames are small', () => {
  // 100,000 viewers × 10 frames / (0.5 × 80,000)
  const { edges, framesPerViewer, edgeMemoryBytes } = capacityOf({ viewers: 100_000, viewersPerRoom: 1_000, edgesPerRoom: 2 }, core, given);
  assert.deepEqual([edges, framesPerViewer, edgeMemoryBytes], [25, 10, 40_000_000]);
});

test('connections bound them when little is sent', () => {
  const { edges } = capacityOf({ viewers: 100_000, viewersPerRoom: 1_000, edgesPerRoom: 2 }, core, { ...given, messagesPerSecond: 1 });
  assert.equal(edges, 7);
});

test('deliveries bound them when frames are full', () => {
  const { edges } = capacityOf({ viewers: 100_000, viewersPerRoom: 1_000, edgesPerRoom: 2 }, core, { ...given, messagesPerSecond: 1_000 });
  assert.equal(edges, 200);
});

test('relays, apis and Redis follow the publish rate and the copies of a frame', () => {
  const { relays, apis, redisCores } = capacityOf({ viewers: 1_000_000, viewersPerRoom: 1_000, edgesPerRoom: 2 }, core, given);
  // 20,000 messages/s; 1,000 rooms × 10 frames × 2 copies.
  assert.deepEqual([relays, apis, redisCores], [4, 2, Math.ceil((1.2 + 0.1) / 0.5)]);
});

test('a room uses at most all edges, and every role needs at least one process', () => {
  const one = capacityOf({ viewers: 10_000, viewersPerRoom: 10_000, edgesPerRoom: Number.POSITIVE_INFINITY }, core, given);
  assert.deepEqual([one.edges, one.relays, one.apis, one.redisCores], [3, 1, 1, 1]);
});
