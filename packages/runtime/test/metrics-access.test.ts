// Who may read /metrics on the ports of edge and api, by environment and key.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../src/config/load.ts';
import { mayReadMetrics } from '../src/metrics-access.ts';

const key = 'm'.repeat(32);
const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32) };
const testConfig = (set: object) => loadConfig({ environment: 'test', dir: 'none', env: {}, set: { ...secrets, ...set } }).config;
const may = (environment: string, metricsKey: string, authorization?: string) =>
  mayReadMetrics({ config: testConfig({ 'metrics.key': metricsKey }), environment }, authorization);

test('in production only the key opens it', () => {
  assert.equal(may('production', ''), false);
  assert.equal(may('production', '', 'Bearer '), false, 'an empty key is no key');
  assert.equal(may('production', key), false);
  assert.equal(may('production', key, `Bearer ${'x'.repeat(32)}`), false);
  assert.equal(may('production', key, key), false, 'without the scheme');
  assert.equal(may('production', key, `Bearer ${key}`), true);
  assert.equal(may('production', key, `bearer ${key}`), true);
});

test('elsewhere it is open until a key is set', () => {
  for (const environment of ['development', 'test']) {
    assert.equal(may(environment, ''), true);
    assert.equal(may(environment, key), false);
    assert.equal(may(environment, key, `Bearer ${key}`), true);
  }
});

test('a short key stops the start', () => {
  assert.throws(() => testConfig({ 'metrics.key': 'short' }), { code: 'config_invalid', message: /^metrics\.key has 5 characters/ });
});
