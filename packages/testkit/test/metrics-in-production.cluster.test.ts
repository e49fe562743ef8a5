// /metrics of processes in production: closed on the ports of edge and api, open with the key, on metrics.port, and on the ports of other roles.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Child, freePorts, startNodeProcess, startRedis } from '@danmux/testkit';
import { closeAfter } from '@danmux/testkit/unit';

const key = 'a-metrics-key-for-tests-0123456789abcdef';

test('in production edge and api need the key; metrics.port and a relay do not', async (t) => {
  const redis = await startRedis();
  const first = await freePorts(4);
  const [edge, api, metrics, relay] = [first, first + 1, first + 2, first + 3];
  const shared = { NODE_ENV: 'production', REDIS_URL: redis.url, DANMUX_METRICS_KEY: key, DANMUX_METRICS_PORT: String(metrics) };
  const children: Child[] = [
    startNodeProcess('viewers', { roles: 'edge,api', env: { ...shared, DANMUX_EDGE_PORT: String(edge), DANMUX_API_PORT: String(api) } }),
    startNodeProcess('relay', { roles: 'relay', env: { ...shared, DANMUX_RELAY_PORT: String(relay) } }),
  ];
  closeAfter(t, async () => {
    await Promise.all(children.map((child) => child.stop('SIGKILL')));
    await redis.stop();
  });
  await Promise.all(children.map(({ ready }) => ready));
  const status = async (port: number, path = '/metrics', authorization?: string) =>
    (await fetch(`http://127.0.0.1:${port}${path}`, { headers: authorization === undefined ? {} : { authorization } })).status;
  for (const port of [edge, api]) {
    assert.equal(await status(port), 401);
    assert.equal(await status(port, '/metrics?a=1', 'Bearer wrong'), 401);
    assert.equal(await status(port, '/metrics', `Bearer ${key}`), 200);
    assert.deepEqual([await status(port, '/healthz'), await status(port, '/readyz')], [200, 200]);
  }
  assert.deepEqual([await status(metrics), await status(relay)], [200, 200]);
  const refused = await fetch(`http://127.0.0.1:${edge}/metrics`);
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
  const { code, message } = (await refused.json()) as { code: string; message: string };
  assert.deepEqual([code, /metrics\.key.*metrics\.port/.test(message)], ['unauthorized', true]);
});

test('the ecosystem file gives each edge its own index and metrics port', () => {
  const file = fileURLToPath(new URL('../../../ecosystem.config.js', import.meta.url));
  const before = { ...process.env };
  // The file checks the settings and builds for every command but such as `describe`.
  process.argv.push('describe');
  Object.assign(process.env, { REDIS_URL: 'redis://127.0.0.1:1', DANMUX_METRICS_PORT: '9100', DANMUX_EDGES: '2' });
  try {
    const { apps } = createRequire(import.meta.url)(file) as { apps: { name: string; env: Record<string, string> }[] };
    const rows = apps.filter(({ name }) => /edge|api/.test(name)).map(({ name, env }) => [name, env['DANMUX_EDGE_INDEX'], env['DANMUX_METRICS_PORT']]);
    assert.deepEqual(rows, [
      ['danmux-edge-0', '0', '9101'],
      ['danmux-edge-1', '1', '9102'],
      ['danmux-api', undefined, '9100'],
    ]);
  } finally {
    process.argv.pop();
    for (const name of ['REDIS_URL', 'DANMUX_METRICS_PORT', 'DANMUX_EDGES']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
});
