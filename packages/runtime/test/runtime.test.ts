// Tests of the runtime: a unique node id, and services connected to each other.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '../src/config/load.ts';
import { createRuntime } from '../src/runtime.ts';

const env = { DANMUX_TOKEN_SECRET: 't'.repeat(32), DANMUX_API_KEY: 'k'.repeat(32) };
const { config } = loadConfig({ dir: '/nowhere', environment: 'test', env });

test('two runtimes in one process have different node ids with their roles', () => {
  const [a, b] = [1, 2].map(() => createRuntime({ config, role: 'edge', version: '0.0.0', processMetrics: false }));
  assert.match(a?.node ?? '', /^edge-[0-9a-z]{10}$/);
  assert.notEqual(a?.node, b?.node);
});

test('log lines carry role and node, and a change of readiness is logged', async () => {
  const lines: string[] = [];
  const logger = { write: (line: string) => void lines.push(line) };
  const runtime = createRuntime({ config, role: 'relay', version: '0.0.0', processMetrics: false, logger });
  runtime.health.register('store', () => Promise.reject(new Error('away')));
  await runtime.health.readiness();
  const line = JSON.parse(lines[0] ?? '');
  assert.equal(line.node, runtime.node);
  assert.equal(line.role, 'relay');
  assert.deepEqual(line.checks, { store: 'away' });
});

test('the runtime uses the given clock', () => {
  const runtime = createRuntime({ config, role: 'api', version: '0.0.0', processMetrics: false, clock: { now: () => 5 } });
  assert.equal(runtime.clock.now(), 5);
});
