// Signals to real processes: every role drains at SIGHUP and SIGTERM, a role that waits for Redis ends within a second, and `npm start`
// forwards signals.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Child, eventually, freePorts, ProcessCluster, repositoryRoot, startNodeProcess, testSecrets } from '../src/index.ts';

const roles = ['edge', 'relay', 'api', 'worker'];

test('SIGHUP drains every role and exits with 0', { timeout: 60_000 }, async () => {
  const cluster = await ProcessCluster.start({ edges: 1, relays: 1, apis: 1, workers: 1, set: ['edge.drain_ms=50', 'api.drain_ms=50'] });
  try {
    for (const { process } of cluster.nodes) process.signal('SIGHUP');
    await Promise.all(cluster.nodes.map(({ process }) => process.ended));
    for (const { name, process } of cluster.nodes) {
      assert.equal(process.exitCode, 0, name);
      assert.match(process.output, /"reason":"SIGHUP","msg":"draining"[\s\S]*"msg":"stopped"/, name);
    }
  } finally {
    await cluster.stop();
  }
});

test('SIGTERM ends a role within a second while it waits for a Redis that accepts connections but never replies', { timeout: 60_000 }, async () => {
  const silent = createServer();
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const bound = silent.address();
  assert.ok(bound && typeof bound === 'object');
  const first = await freePorts(roles.length);
  try {
    for (const [index, role] of roles.entries()) {
      const env = { REDIS_URL: `redis://127.0.0.1:${bound.port}`, [`DANMUX_${role.toUpperCase()}_PORT`]: String(first + index), DANMUX_LOG_LEVEL: 'debug' };
      const child = startNodeProcess(role, { roles: role, env, set: ['api.drain_ms=50', 'edge.drain_ms=50'] });
      // The process connects when its parts start, which is after it has installed its signal handlers.
      await new Promise((resolve) => silent.once('connection', resolve));
      const asked = performance.now();
      await child.stop('SIGTERM');
      assert.ok(performance.now() - asked < 1_000, `${role} took ${performance.now() - asked} ms`);
      assert.equal(child.exitCode, 0, child.output);
      assert.doesNotMatch(child.output, /"level":"fatal"/, role);
    }
  } finally {
    silent.close();
  }
});

test('SIGTERM to npm drains its danmux process, and npm waits for it', { timeout: 60_000 }, async () => {
  const first = await freePorts(2);
  const folder = mkdtempSync(join(tmpdir(), 'danmux-npm-'));
  after(() => rmSync(folder, { recursive: true }));
  const env = {
    ...testSecrets,
    ...{ NODE_ENV: 'test', DANMUX_CONFIG_DIR: folder, REDIS_URL: '', DANMUX_LOG_LEVEL: 'info' },
    ...{ DANMUX_EDGE_PORT: String(first), DANMUX_API_PORT: String(first + 1) },
  };
  // Without the `prestart` script, which builds.
  const npm = new Child('npm', 'npm', ['start', '--ignore-scripts'], { cwd: repositoryRoot, env });
  await eventually(() => assert.match(npm.output, /"msg":"started"/), { timeoutMs: 20_000 });
  npm.signal('SIGTERM');
  await npm.ended;
  assert.match(npm.output, /"reason":"SIGTERM","msg":"draining"[\s\S]*"msg":"stopped"/);
  await assert.rejects(fetch(`http://127.0.0.1:${first}/healthz`), 'it is gone');
});
