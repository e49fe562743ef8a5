// Tests of the schemas of cluster statistics.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { statsReply } from '../../src/admin/stats.ts';

test('statistics accept a count for every lane and every shed reason', () => {
  const nodes = [{ id: 'n', role: 'edge', address: '', version: '0', load: 0.5, degraded: [], config: { state: 'same', settings: [] } }];
  const stats = { rooms: 1, online: 2, accepted: { gift: 1 }, sequenced: {}, shed: { chat: { ingress_full: 3 } }, nodes };
  assert.equal(Value.Check(statsReply, stats), true);
  assert.equal(Value.Check(statsReply, { ...stats, accepted: { gift: '1' } }), false);
});
