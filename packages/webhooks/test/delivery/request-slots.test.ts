// The requests of a process under way at once: bounded for all, and for each target so that all have some.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestSlots } from '../../src/delivery/request-slots.ts';

const slotsOf = (connections: number, targetConnections: number, targets: number) =>
  new RequestSlots({ webhooks: { connections, target_connections: targetConnections } } as never, targets);

test('a target has its share of all, at least one and at most what the config gives it', () => {
  assert.deepEqual(
    [slotsOf(4_096, 8, 3).ofTarget, slotsOf(4_096, 8, 1_000).ofTarget, slotsOf(10, 8, 1_000).ofTarget, slotsOf(10, 8, 0).ofTarget],
    [8, 4, 1, 8],
  );
});

test('who finds none free is called once, in order, when one is; a thousand targets never have more than all', () => {
  const slots = slotsOf(100, 8, 1_000);
  const called: number[] = [];
  const begun = Array.from({ length: 1_000 }, (_, n) => slots.take(() => called.push(n))).filter(Boolean).length;
  assert.deepEqual([begun, slots.taken], [100, 100]);
  slots.release();
  slots.release();
  assert.deepEqual([called, slots.taken], [[100, 101], 98]);
  assert.deepEqual([slots.take(() => {}), slots.take(() => {}), slots.take(() => {})], [true, true, false]);
});
