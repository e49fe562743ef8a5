// The first start under a real pm2, and the first changes of a running cluster: empty error logs, missing secrets, refused processes, the log of
// every process, one more edge, and a new secret by `reload --update-env`.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventually, freePorts, Pm2, startRedis, testSecrets } from '../src/index.ts';

const ecosystem = fileURLToPath(new URL('../../../ecosystem.config.js', import.meta.url));
const first = await freePorts(9);
const [relay, worker, edge, api] = [first, first + 2, first + 3, first + 6];
const redis = await startRedis();
const ports = {
  DANMUX_RELAY_PORT: String(relay),
  DANMUX_WORKER_PORT: String(worker),
  DANMUX_EDGE_PORT: String(edge),
  DANMUX_API_PORT: String(api),
};
const noSecrets = { DANMUX_TOKEN_SECRET: '', DANMUX_API_KEY: '' };
const folder = mkdtempSync(join(tmpdir(), 'danmux-first-start-'));
const pm2 = await Pm2.create({
  ...testSecrets,
  ...ports,
  REDIS_URL: redis.url,
  NODE_ENV: 'production',
  DANMUX_CONFIG_DIR: folder,
  DANMUX_EDGES: '1',
  DANMUX_APIS: '1',
});
before(async () => {
  writeFileSync(join(folder, 'default.yaml'), 'edge: { drain_ms: 100 }\napi: { drain_ms: 100 }\n');
  await pm2.start();
});
after(async () => {
  await pm2.stop();
  await redis.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** What pm2 prints with other environment variables, whether the command fails or not. */
async function answerOf(env: Readonly<Record<string, string>>, ...args: string[]): Promise<{ failed: boolean; text: string }> {
  try {
    return { failed: false, text: await pm2.with(env).command(...args) };
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    return { failed: true, text: stdout + stderr };
  }
}

const pids = async () => new Map((await pm2.list()).map(({ id, name, pid }) => [`${name} ${id}`, pid]));

test('a healthy start writes nothing to the error logs, and no warning to the logs', { timeout: 60_000 }, async () => {
  for (const port of [relay, relay + 1, worker, edge, api])
    await eventually(async () => assert.equal((await fetch(`http://127.0.0.1:${port}/readyz`)).status, 200, String(port)), { timeoutMs: 30_000, everyMs: 200 });
  const output = await pm2.output();
  const streams = [...output.keys()].sort();
  const names = ['danmux-api', 'danmux-edge-0', 'danmux-relay-0', 'danmux-relay-1', 'danmux-worker-0'];
  assert.deepEqual(
    streams,
    names.flatMap((name) => [`${name} error`, `${name} out`]),
  );
  for (const [stream, text] of output) {
    const lines = text.split('\n').filter((line) => line !== '');
    if (stream.endsWith(' error')) assert.deepEqual(lines, [], stream);
    else {
      assert.ok(text.includes('"msg":"started"'), `${stream}: ${text}`);
      const loud = lines.filter((line) => (JSON.parse(line) as { level: number | string }).level !== 'info' && !/"level":30/.test(line));
      assert.deepEqual(loud, [], stream);
    }
  }
});

test('a start without secrets says what is missing and leaves the running cluster alone', { timeout: 120_000 }, async () => {
  const was = await pids();
  const { failed, text } = await answerOf(noSecrets, 'start', 'ecosystem.config.js');
  assert.ok(failed, `pm2 went on:\n${text}`);
  assert.match(text, /viewer\.token_secret and api\.key must be set in production: set DANMUX_TOKEN_SECRET and DANMUX_API_KEY/);
  assert.match(text, /nothing was started or reloaded/);
  assert.deepEqual(await pids(), was);
});

test('processes that refuse their settings end and become `errored`, in both modes of pm2', { timeout: 240_000 }, async () => {
  const file = join(folder, 'refused.config.js');
  const refused = `{ ...app, name: 'refused-' + app.exec_mode, namespace: 'refused', instances: 1, env: ${JSON.stringify(noSecrets)}, min_uptime: 60_000, max_restarts: 2 }`;
  const lines = [
    `const { apps } = require(${JSON.stringify(ecosystem)});`,
    `const one = (mode) => apps.filter(({ exec_mode }) => exec_mode === mode).slice(0, 1);`,
    `module.exports = { apps: [...one('fork'), ...one('cluster')].map((app) => (${refused})) };`,
  ];
  writeFileSync(file, lines.join('\n'));
  await answerOf({}, 'start', file);
  const states = async () => (await pm2.list()).filter(({ name }) => name.startsWith('refused-')).map(({ name, status, pid }) => [name, status, pid]);
  await eventually(
    async () =>
      assert.deepEqual(await states(), [
        ['refused-fork', 'errored', 0],
        ['refused-cluster', 'errored', 0],
      ]),
    { timeoutMs: 200_000, everyMs: 500 },
  );
  for (const mode of ['fork', 'cluster'])
    assert.match(
      await pm2.command('logs', `refused-${mode}`, '--nostream', '--err'),
      /danmux: viewer\.token_secret and api\.key must be set in production/,
      mode,
    );
  await pm2.command('delete', 'refused-fork', 'refused-cluster');
});

test('`pm2 logs` shows the log of every process, in both modes of pm2', { timeout: 120_000 }, async () => {
  const started = new Map<string, number>();
  for (const { name } of await pm2.list()) started.set(name, (started.get(name) ?? 0) + 1);
  assert.equal(started.size, 5, [...started.keys()].join());
  for (const [name, count] of started) {
    const log = await pm2.command('logs', name, '--nostream', '--lines', '200');
    assert.equal(log.match(/"msg":"started"/g)?.length, count, `${name}:\n${log}`);
  }
});

test('one more edge by `--only` restarts no other process', { timeout: 120_000 }, async () => {
  const was = await pids();
  await pm2.with({ DANMUX_EDGES: '2' }).command('start', 'ecosystem.config.js', '--only', 'danmux-edge-1');
  await eventually(async () => assert.equal((await fetch(`http://127.0.0.1:${edge + 1}/readyz`)).status, 200), { timeoutMs: 60_000, everyMs: 200 });
  const now = await pids();
  assert.equal(now.size, was.size + 1);
  for (const [name, pid] of was) assert.equal(now.get(name), pid, name);
});

test('`reload --update-env` brings a new secret to every process', { timeout: 120_000 }, async () => {
  const secret = 'another-token-secret-0123456789abcdef0123456789';
  await pm2.with({ DANMUX_EDGES: '2', DANMUX_TOKEN_SECRET: secret }).command('reload', 'ecosystem.config.js', '--update-env');
  const rows = await pm2.list();
  assert.equal(rows.length, 6);
  assert.deepEqual(
    rows.filter(({ pid }) => !readFileSync(`/proc/${pid}/environ`, 'utf8').includes(secret)).map(({ name }) => name),
    [],
    'every process was started with it',
  );
  assert.deepEqual(
    rows.filter(({ status }) => status !== 'online'),
    [],
  );
});
