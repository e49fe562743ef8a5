// A healthy start prints only expected lines, which are listed here for a single process and for a cluster on a real Redis. Any other
// line, such as a warning of Node or a stack trace, fails these tests.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Child, eventually, freePorts, ProcessCluster, startRedis, testSecrets } from '../src/index.ts';

const root = new URL('../../../', import.meta.url).pathname;
/** The complete log of one role, each line as `level message`. */
const linesOf = (role: string) => [...(role === 'edge' ? ['info word lists are in force'] : []), 'info started', 'info draining', 'info stopped'];

function kinds(output: string): string[] {
  return output
    .trim()
    .split('\n')
    .map((line) => {
      assert.match(line, /^\{"level":/, `a line that is no log: ${line}`);
      const { level, msg } = JSON.parse(line) as { level: string; msg: string };
      return `${level} ${msg}`;
    });
}

test('a cluster of all roles on Redis logs only starts and stops', { timeout: 90_000 }, async () => {
  const cluster = await ProcessCluster.start({ edges: 2, relays: 2, apis: 2, workers: 2 });
  try {
    for (const { url } of cluster.nodes) await eventually(async () => assert.equal((await fetch(`${url}/readyz`)).status, 200, url), { timeoutMs: 20_000 });
    await Promise.all(cluster.nodes.map(({ process }) => process.stop()));
    for (const { name, role, process } of cluster.nodes) assert.deepEqual(kinds(process.output), linesOf(role), name);
  } finally {
    await cluster.stop();
  }
});

for (const engine of ['memory', 'redis']) {
  test(`one process on ${engine}, as with npm start, prints its log and the URLs to open`, { timeout: 60_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'danmux-healthy-'));
    const redis = engine === 'redis' ? await startRedis() : undefined;
    const edge = await freePorts(2);
    const ports = { DANMUX_EDGE_PORT: String(edge), DANMUX_API_PORT: String(edge + 1) };
    const env = { ...testSecrets, ...ports, NODE_ENV: 'development', DANMUX_CONFIG_DIR: join(root, 'config'), REDIS_URL: redis?.url ?? '' };
    const child = new Child('danmux start', process.execPath, [join(root, 'packages/cli/bin/danmux.js'), 'start'], { cwd: folder, env, ipc: true });
    try {
      await child.ready;
      await eventually(() => assert.match(child.output, /Stop with Ctrl-C/, 'it says how to stop it'));
    } finally {
      await child.stop('SIGINT');
      await redis?.stop();
      await rm(folder, { recursive: true, force: true });
    }
    // Log fields are on separate lines indented by four spaces; the greeting is indented by two.
    const lines = child.output.split('\n').filter((line) => line !== '' && !/^ {4}/.test(line));
    const shape = lines.map((line) => line.replace(/^\[[\d:.]+\] /, '').replace(/ +http.*/, ''));
    assert.deepEqual(shape, [
      'INFO: [node] word lists are in force',
      'INFO: [node] started',
      '  danmux is running.',
      '  Open',
      '  Console',
      '  API',
      '  Viewers',
      '  Send a gift:',
      '  Stop with Ctrl-C.',
      'INFO: [node] draining',
      'INFO: [node] stopped',
    ]);
  });
}
