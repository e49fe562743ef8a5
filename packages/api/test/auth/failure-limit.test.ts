// An address with too many failed authentications gets 429; requests with a valid key from the same address succeed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apiKey, mustRefuse, startApi } from '@danmux/testkit/api-fixture';
import { FailureLimit } from '../../src/auth/failure-limit.ts';

test('each address may fail thirty times a minute', () => {
  const limit = new FailureLimit();
  for (let i = 0; i < 30; i++) assert.equal(limit.fail('a', 0), 0);
  assert.equal(limit.fail('a', 0), 2_000);
  assert.equal(limit.fail('b', 0), 0);
  assert.equal(limit.fail('a', 2_000), 0);
});

test('the addresses of an IPv6 /64 share a limit; another /64 and IPv4 addresses do not', () => {
  const limit = new FailureLimit();
  for (let i = 0; i < 30; i++) assert.equal(limit.fail(`2001:db8:1:2::${i.toString(16)}`, 0), 0);
  assert.equal(limit.fail('2001:db8:1:2:ffff::1', 0), 2_000);
  assert.equal(limit.fail('2001:db8:1:3::1', 0), 0);
  for (let i = 0; i < 31; i++) assert.equal(limit.fail(`::ffff:203.0.113.${i}`, 0), 0);
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

test('failures from one /64 are limited on every route, and the audit log keeps the whole address', async (t) => {
  const pusher = { 'pusher.app_id': '1', 'pusher.key': 'k', 'pusher.secret': 'p'.repeat(32) };
  const fixture = await startApi(t, { trusted_proxies: ['127.0.0.1'], ...pusher }, { now: () => 1_767_225_600_000 });
  const from = (address: string, key: string, path = '/v1/keys') =>
    fixture.call('POST', path, { id: 'new', scopes: ['read'] }, { key, headers: { 'x-forwarded-for': address } });
  for (let i = 1; i <= 30; i++) mustRefuse(await from(`2001:db8:1:2::${i}`, 'wrong'), 'unauthorized');
  mustRefuse(await from('2001:db8:1:2:aaaa::1', 'wrong'), 'rate_limited');
  assert.equal((await from('2001:db8:1:2:bbbb::1', 'wrong', '/apps/1/events')).status, 429, 'the Pusher-compatible routes have the same limit');
  mustRefuse(await from('2001:db8:1:3::1', 'wrong'), 'unauthorized');
  assert.equal((await from('2001:db8:1:2:cccc::1', apiKey)).status, 201, 'a valid key still works');
  const { rows } = (await fixture.call('GET', '/v1/audit?route=/v1/keys')).body;
  assert.equal(rows[0].address, '2001:db8:1:2:cccc::1');
});
