// Tests of the schemas of mutes, bans and kicks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Value } from 'typebox/value';
import { kickRequest, roomKickRequest, sanctionRequest } from '../../src/admin/sanctions.ts';

test('a sanction lasts for a duration, until a time, or until it is lifted', () => {
  for (const body of [{}, { for_ms: 1 }, { until: 1_767_225_600_000 }, { reason: '广告', by: 'moderator 7' }])
    assert.equal(Value.Check(sanctionRequest, body), true, JSON.stringify(body));
  for (const bad of [{ for_ms: 0 }, { for_ms: '1' }, { for_ms: 1e13 }, { until: -1 }, { reason: 'x'.repeat(257) }, { by: '' }, { user: 'u' }])
    assert.equal(Value.Check(sanctionRequest, bad), false, JSON.stringify(bad));
});

test('a kick from all rooms names its user in the path, a kick from one room in the body', () => {
  assert.equal(Value.Check(roomKickRequest, { user: 'u', ban_ms: 60_000 }), true);
  assert.equal(Value.Check(kickRequest, {}), true);
  for (const bad of [{}, { user: '' }, { user: 'x'.repeat(129) }, { user: 'u', for_ms: 1 }])
    assert.equal(Value.Check(roomKickRequest, bad), false, JSON.stringify(bad));
  assert.equal(Value.Check(kickRequest, { user: 'u' }), false);
});
