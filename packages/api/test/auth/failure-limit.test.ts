// An address with too many failed authentications gets 429; requests with a valid key from the same address succeed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { FailureLimit } from '../../src/auth/failure-limit.ts';

test('each address may fail thirty times a minute', () => {
  const limit = new FailureLimit();
  for (let i = 0; i < 30; i++) assert.equal(limit.fail('a', 0), 0);
  assert.equal(limit.fail('a', 0), 2_000);
  assert.equal(limit.fail('b', 0), 0);
  assert.equal(limit.fail('a', 2_000), 0);
});

test('only the latest addresses are remembered, up to a cap', () => {
  const limit = new FailureLimit();
  for (let i = 0; i < 30; i++) limit.fail('first', 0);
  for (let i = 0; i < 9_999; i++) limit.fail(`other ${i}`, 0);
  assert.ok(limit.fail('first', 0) > 0, 'still known');
  for (let i = 0; i < 10_000; i++) limit.fail(`another ${i}`, 0);
  assert.equal(limit.fail('first', 0), 0, 'forgotten');
});

test('failures over the limit get 429 and are counted; a valid key still works', async (t) => {
  const fixture = await startApi(t, {}, { now: () => 1_767_225_600_000 });
  const fail = () => fixture.call('GET', '/v1/stats', undefined, { key: 'wrong' });
  for (let i = 0; i < 30; i++) mustRefuse(await fail(), 'unauthorized');
  const late = await fail();
  mustRefuse(late, 'rate_limited');
  assert.equal(late.headers.get('retry-after'), '2');
  assert.equal((await fixture.call('GET', '/v1/stats')).status, 200);
  assert.equal((await fixture.runtime.metrics.authFailuresLimited.get()).values[0]?.value, 1);
});
