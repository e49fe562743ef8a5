// Tests of generated secrets: created once even by concurrent starts, readable by the owner only, never created in production.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, test } from 'node:test';
import { ConfigError } from '../../src/config/config-error.ts';
import { loadConfig } from '../../src/config/load.ts';

const root = mkdtempSync(join(tmpdir(), 'danmux-secrets-'));
after(() => rmSync(root, { recursive: true }));

const long = 'x'.repeat(32);
const load = (environment: string, secretsDir: string, env: Record<string, string> = {}) =>
  loadConfig({ dir: join(root, 'no-config'), environment, secretsDir, env });

test('the first start generates both secrets, and the next start reads them', () => {
  const dir = join(root, 'first');
  const made = load('development', dir);
  assert.deepEqual(made.madeSecrets, ['viewer.token_secret', 'api.key']);
  assert.ok(made.config.viewer.token_secret.length >= 32 && made.config.api.key.length >= 32);
  assert.notEqual(made.config.viewer.token_secret, made.config.api.key);
  const again = load('development', dir);
  assert.deepEqual(again.config.viewer, made.config.viewer);
  assert.equal(again.config.api.key, made.config.api.key);
});

test('only the owner can read the file and its folder', () => {
  const dir = join(root, 'modes');
  load('development', dir);
  assert.equal(statSync(join(dir, 'secrets.json')).mode & 0o777, 0o600);
  assert.equal(statSync(dir).mode & 0o777, 0o700);
});

test('configured secrets are used, and no file is created when both are configured', () => {
  const dir = join(root, 'given');
  const { config, madeSecrets } = load('development', dir, { DANMUX_TOKEN_SECRET: long, DANMUX_API_KEY: `${long}k` });
  assert.equal(config.viewer.token_secret, long);
  assert.equal(config.api.key, `${long}k`);
  assert.deepEqual(madeSecrets, []);
  assert.equal(existsSync(dir), false);
});

test('in production each missing secret is named in the error, and no file is created', () => {
  const dir = join(root, 'production');
  const wrong = (env: Record<string, string>, message: RegExp) =>
    assert.throws(
      () => load('production', dir, env),
      (error) => error instanceof ConfigError && message.test(error.message),
    );
  wrong({}, /viewer\.token_secret and api\.key must be set in production: set DANMUX_TOKEN_SECRET/);
  wrong({ DANMUX_TOKEN_SECRET: long }, /^api\.key must be set/);
  wrong({ DANMUX_API_KEY: long }, /^viewer\.token_secret must be set/);
  assert.equal(existsSync(dir), false);
});

test('a key hash, or a row of api.keys, satisfies the requirement of an API key', () => {
  const options = { dir: join(root, 'no-config'), environment: 'production', secretsDir: join(root, 'hash'), env: { DANMUX_TOKEN_SECRET: long } };
  assert.equal(loadConfig({ ...options, set: { 'api.key_hashes': ['0'.repeat(64)] } }).config.api.key, '');
  const row = { id: 'shop', hashes: ['0'.repeat(64)], scopes: ['admin'] };
  assert.equal(loadConfig({ ...options, set: { 'api.keys': [row] } }).config.api.key, '');
});

test('a short secret from any source is refused, and the error does not repeat it', () => {
  for (const environment of ['development', 'production'])
    assert.throws(
      () => load(environment, join(root, 'short'), { DANMUX_TOKEN_SECRET: long, DANMUX_API_KEY: 'hunter2' }),
      (error) => error instanceof ConfigError && /api\.key has 7 characters/.test(error.message) && !error.message.includes('hunter2'),
    );
});

test('the error for a file with a missing secret or invalid JSON names the remedy', () => {
  for (const [name, content] of [
    ['lacking', '{"token_secret":"x"}'],
    ['broken', '{"token_sec'],
  ] as const) {
    const dir = join(root, name);
    mkdirSync(dir);
    writeFileSync(join(dir, 'secrets.json'), content);
    assert.throws(() => load('development', dir), /secrets\.json .*[Dd]elete the file/);
  }
});

test('processes that start concurrently get the same secrets', async () => {
  const dir = join(root, 'together');
  const answers = await Promise.all(Array.from({ length: 6 }, () => starter(dir)));
  assert.equal(new Set(answers).size, 1, answers.join('\n'));
  assert.equal(JSON.parse(answers[0] ?? '').key, JSON.parse(readFileSync(join(dir, 'secrets.json'), 'utf8')).api_key);
});

async function starter(dir: string): Promise<string> {
  const code = `import { loadConfig } from ${JSON.stringify(new URL('../../src/config/load.ts', import.meta.url).href)};
    const { config } = loadConfig({ dir: '/nowhere', environment: 'development', secretsDir: process.argv[1], env: {} });
    console.log(JSON.stringify({ key: config.api.key, token: config.viewer.token_secret }));`;
  const child: ChildProcess = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', '--input-type=module', '-e', code, dir], {
    cwd: new URL('..', import.meta.url).pathname,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.ok(child.stdout);
  const [output, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  assert.equal(status, 0);
  return output;
}
