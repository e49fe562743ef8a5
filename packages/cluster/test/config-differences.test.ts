// The comparison of the configs of processes, from their announcements.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '@danmux/bus';
import { digestConfig } from '@danmux/runtime';
import { type Settings, testConfig } from '@danmux/testkit/unit';
import { compareConfigs } from '../src/config-differences.ts';

const secret = 'whsec_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

/** A member named like `edge@a`, with these settings. */
function member(id: string, set: Settings = {}): Member {
  const role = id.slice(0, id.indexOf('@'));
  return { id, role, address: '', version: '0', load: 0, settings: digestConfig(testConfig(set), role) };
}

const members = (...rows: (readonly [id: string, set?: Settings])[]) => rows.map(([id, set]) => member(id, set));

test('processes with the same config do not differ', () => {
  const all = members(['edge@a', { 'edge.port': 1 }], ['edge@b', { 'edge.port': 2, 'edge.index': 1 }], ['relay@c'], ['api@d'], ['worker@e']);
  assert.deepEqual(compareConfigs(all), { differences: [], unknown: [] });
  assert.deepEqual(compareConfigs([]), { differences: [], unknown: [] });
});

test('an edge with another token secret is named', () => {
  const all = members(['edge@a'], ['edge@b', { 'viewer.token_secret': 'x'.repeat(32) }], ['relay@c'], ['api@d'], ['worker@e']);
  assert.deepEqual(compareConfigs(all).differences, [{ setting: 'viewer.token_secret', majority: true, nodes: ['edge@b'] }]);
});

test('another token secret hides no difference of other settings, and makes no secret differ', () => {
  const webhooks = { 'webhooks.url': 'https://hooks.example/in', 'webhooks.secret': secret };
  const odd = { 'viewer.token_secret': 'x'.repeat(32) };
  const all = members(['api@a', webhooks], ['edge@b', webhooks], ['relay@c', webhooks], ['worker@d', { ...webhooks, ...odd, shards: 8 }]);
  assert.deepEqual(
    compareConfigs(all).differences.map(({ setting, nodes }) => [setting, nodes]),
    [
      ['shards', ['worker@d']],
      ['viewer.token_secret', ['worker@d']],
    ],
  );
  // An absent secret can be compared all the same.
  const without = members(['api@a', webhooks], ['edge@b', webhooks], ['relay@c', webhooks], ['worker@d', odd]);
  assert.deepEqual(
    compareConfigs(without).differences.map(({ setting, majority }) => [setting, majority]),
    [
      ['viewer.token_secret', true],
      ['webhooks.secret', false],
      ['webhooks.url', true],
    ],
  );
});

test('without a majority every process that uses the setting is named', () => {
  const target = { 'webhooks.targets': [{ id: 'billing', url: 'https://hooks.example/in', secret }] };
  assert.deepEqual(compareConfigs(members(['api@a', target], ['worker@b'])).differences, [
    { setting: 'webhooks.targets.billing', majority: false, nodes: ['api@a', 'worker@b'] },
  ]);
  const most = members(['api@a', target], ['worker@b'], ['edge@c', target]);
  assert.deepEqual(compareConfigs(most).differences, [{ setting: 'webhooks.targets.billing', majority: true, nodes: ['worker@b'] }]);
});

test('a process with several roles counts once', () => {
  const odd = { shards: 8 };
  const all = members(['api@a', odd], ['edge@a', odd], ['relay@a', odd], ['worker@a', odd], ['edge@b'], ['relay@c']);
  assert.deepEqual(compareConfigs(all).differences, [{ setting: 'shards', majority: true, nodes: ['api@a', 'edge@a', 'relay@a', 'worker@a'] }]);
});

test('a setting is compared only between roles that use it, some only within each role', () => {
  const all = members(
    ['edge@a', { 'edge.send_burst': 11, trusted_proxies: ['10.0.0.0/8'] }],
    ['edge@b', { 'edge.send_burst': 11, trusted_proxies: ['10.0.0.0/8'] }],
    ['api@c', { 'api.per_minute': 5, trusted_proxies: ['10.1.0.0/16'] }],
    ['worker@d', { 'edge.send_burst': 1, 'jobs.lock_ms': 9_000 }],
  );
  assert.deepEqual(compareConfigs(all).differences, []);
  const odd = [...all, member('edge@e', { 'edge.send_burst': 11 }), member('api@f', { 'api.per_minute': 5, trusted_proxies: ['10.2.0.0/16'] })];
  assert.deepEqual(compareConfigs(odd).differences, [{ setting: 'trusted_proxies', majority: false, nodes: ['api@c', 'api@f', 'edge@e'] }]);
});

test('keys and moderation rules of the config differ by name', () => {
  const key = (id: string) => ({ id, hashes: ['a'.repeat(64)], scopes: ['read'] });
  const all = members(
    ['api@a', { 'api.keys': [key('shop')] }],
    ['api@b', { 'api.keys': [key('shop'), key('ops')] }],
    ['api@c', { 'api.keys': [key('shop')] }],
    ['edge@d', { 'moderation.exempt_roles': ['host'], 'moderation.hook.on_failure': { chat: 'block' } }],
    ['edge@e'],
    ['edge@f'],
  );
  assert.deepEqual(
    compareConfigs(all).differences.map(({ setting, nodes }) => [setting, nodes]),
    [
      ['api.keys.ops', ['api@b']],
      ['moderation.exempt_roles', ['edge@d']],
      ['moderation.hook.on_failure.chat', ['edge@d']],
    ],
  );
});

test('members of an older version are unknown; settings of a newer version are ignored', () => {
  const { settings: _, ...old } = member('edge@old');
  const newer = { ...member('edge@new'), settings: { ...member('edge@new').settings, 'edge.of_tomorrow': 'abcdefgh' } };
  assert.deepEqual(compareConfigs([old, newer, member('edge@a')]), { differences: [], unknown: ['edge@old'] });
});
