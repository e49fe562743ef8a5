// The comparison of the webhook targets of a process with those of the workers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Member } from '@danmux/bus';
import { digestConfig } from '@danmux/runtime';
import { type Settings, testConfig } from '@danmux/testkit/unit';
import { TargetConfigs } from '../src/target-workers.ts';

const secret = `whsec_${'a'.repeat(32)}`;
const billing = { id: 'billing', url: 'https://hooks.example/in', secret };
const listed = (...targets: object[]): Settings => ({ 'webhooks.targets': targets });
const single = { 'webhooks.url': 'https://hooks.example/all', 'webhooks.secret': secret };
const none = { same: 0, different: 0, missing: 0, unknown: 0 };

function configs(own: Settings, ...workers: (Settings | 'old')[]): TargetConfigs {
  const members = workers.map((set, n): Member => {
    const plain = { id: `worker@${n}`, role: 'worker', address: '', version: '0', load: 0 };
    return set === 'old' ? plain : { ...plain, settings: digestConfig(testConfig(set), 'worker') };
  });
  const edge: Member = { id: 'edge@e', role: 'edge', address: '', version: '0', load: 0, settings: digestConfig(testConfig(own), 'edge') };
  return new TargetConfigs({ config: testConfig(own) }, [...members, edge]);
}

test('workers are counted by what their config has for a target', () => {
  const others = [listed(billing), listed({ ...billing, url: 'https://other.example' }), {}, 'old'] as const;
  assert.deepEqual(configs(listed(billing), ...others).of('billing'), { same: 1, different: 1, missing: 1, unknown: 1 });
  assert.deepEqual(configs(listed(billing)).of('billing'), none);
});

test('the target of webhooks.url is compared by URL and secret', () => {
  const workers = [single, { ...single, 'webhooks.secret': `${secret}b` }, {}, listed({ ...billing, id: 'default' })];
  assert.deepEqual(configs(single, ...workers).of('default'), { same: 1, different: 2, missing: 1, unknown: 0 });
});

test('a worker with another token secret has a target of the same id, but its definition is unknown', () => {
  const odd = { ...listed(billing), 'viewer.token_secret': 'x'.repeat(32) };
  assert.deepEqual(configs(listed(billing), odd).of('billing'), { ...none, unknown: 1 });
  assert.deepEqual(configs(listed(billing), { 'viewer.token_secret': 'x'.repeat(32) }).of('billing'), { ...none, missing: 1 });
});

test('a list too long for a digest of each target is compared as a whole', () => {
  const many = (count: number) => listed(...Array.from({ length: count }, (_, n) => ({ ...billing, id: `t${n}` })));
  assert.deepEqual(configs(many(150), many(150), many(151), many(3), {}).of('t1'), { same: 1, different: 0, missing: 1, unknown: 2 });
  assert.deepEqual(configs(many(3), many(150)).of('t1'), { ...none, unknown: 1 });
});

test('targets that only workers have are listed', () => {
  const both = listed(billing, { ...billing, id: 'audit' });
  assert.deepEqual(configs(listed(billing), both, { ...both, ...single }, 'old').unlisted(['billing']), [
    { id: 'audit', workers: 2 },
    { id: 'default', workers: 1 },
  ]);
  assert.deepEqual(configs(listed(billing), listed(billing)).unlisted(['billing']), []);
});
