// The numbers of the cluster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { statsReply } from '../../src/admin/stats.ts';

test('every lane and every reason has a number', () => {
  const nodes = [{ id: 'n', role: 'edge', address: '', version: '0', load: 0.5, degraded: [] }];
  const stats = { rooms: 1, online: 2, accepted: { gift: 1 }, sequenced: {}, shed: { chat: { ingress_full: 3 } }, nodes };
  assert.equal(Value.Check(statsReply, stats), true);
  assert.equal(Value.Check(statsReply, { ...stats, accepted: { gift: '1' } }), false);
});
