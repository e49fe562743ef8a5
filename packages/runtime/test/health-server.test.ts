// Tests of the probe paths over a real HTTP server: ready, not ready, and after stop.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { loadConfig } from '../src/config/load.ts';
import { HealthServer } from '../src/health-server.ts';
import { createRuntime, type Runtime } from '../src/runtime.ts';

const started: HealthServer[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
});

function newRuntime(): Runtime {
  const env = { DANMUX_TOKEN_SECRET: 't'.repeat(32), DANMUX_API_KEY: 'k'.repeat(32), DANMUX_LOG_LEVEL: 'silent' };
  const { config } = loadConfig({ dir: '/nowhere', environment: 'test', env });
  return createRuntime({ config, role: 'relay', version: '0.0.0', processMetrics: false });
}

async function serve(runtime = newRuntime(), port = 0): Promise<string> {
  const server = new HealthServer(runtime, port);
  started.push(server);
  await server.start();
  return `http://${server.address()}`;
}

test('/healthz is 200 even when the process is not ready', async () => {
  const runtime = newRuntime();
  runtime.health.register('store', () => Promise.reject(new Error('away')));
  const answer = await fetch(`${await serve(runtime)}/healthz`);
  assert.equal(answer.status, 200);
  assert.deepEqual(await answer.json(), { ok: true });
});

test('/readyz is 200 or 503 with each check', async () => {
  const runtime = newRuntime();
  const url = await serve(runtime);
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
  const remove = runtime.health.register('store', () => Promise.reject(new Error('away')));
  const answer = await fetch(`${url}/readyz?verbose=1`);
  assert.equal(answer.status, 503);
  assert.deepEqual(await answer.json(), { ready: false, checks: { store: 'away' }, degraded: [] });
  remove();
  assert.equal((await fetch(`${url}/readyz`)).status, 200);
});

test('/metrics returns the counters in the Prometheus text format', async () => {
  const runtime = newRuntime();
  runtime.metrics.accepted.inc({ lane: 'gift', source: 'api' });
  const answer = await fetch(`${await serve(runtime)}/metrics`);
  assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(await answer.text(), /danmux_accepted_total\{lane="gift",source="api"\} 1/);
});

test('any other path is 404', async () => assert.equal((await fetch(`${await serve()}/debug`)).status, 404));

test('start rejects when the port is in use, and stop is safe afterwards', async () => {
  const taken = Number(new URL(await serve()).port);
  const server = new HealthServer(newRuntime(), taken);
  await assert.rejects(server.start(), { code: 'EADDRINUSE' });
  await server.stop();
});

test('after stop the port is closed, and a second stop is safe', async () => {
  const url = await serve();
  await started[0]?.stop();
  await assert.rejects(fetch(`${url}/healthz`));
});
