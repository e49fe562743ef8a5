// Tests of the config loader: precedence of sources, and errors that name path, source and remedy.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { messageTypes } from '@danmux/protocol';
import { ConfigError } from '../../src/config/config-error.ts';
import { type ConfigOptions, loadConfig } from '../../src/config/load.ts';
import { redactConfig } from '../../src/config/redact.ts';
import { settings } from '../../src/config/settings.ts';

const root = mkdtempSync(join(tmpdir(), 'danmux-config-'));
after(() => rmSync(root, { recursive: true }));
let folders = 0;

const secrets = { DANMUX_TOKEN_SECRET: 't'.repeat(32), DANMUX_API_KEY: 'k'.repeat(32) };

function load(files: Record<string, string>, options: ConfigOptions = {}) {
  const dir = join(root, String(folders++));
  mkdirSync(dir);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, `${name}.yaml`), text);
  return loadConfig({ dir, environment: 'test', secretsDir: join(dir, 'secrets'), ...options, env: { ...secrets, ...options.env } });
}

function complains(about: RegExp[], files: Record<string, string>, options: ConfigOptions = {}) {
  assert.throws(
    () => load(files, options),
    (error) => {
      assert.ok(error instanceof ConfigError, String(error));
      for (const pattern of about) assert.match(error.message, pattern);
      return true;
    },
  );
}

test('without files and variables every setting has its default value', () => {
  const { config } = load({});
  assert.equal(config.edge.port, 7700);
  assert.equal(config.api.port, 7800);
  assert.equal(config.engine, 'auto');
  assert.deepEqual(config.messages.types['gift'], { lane: 'gift', viewer: false });
});

test('precedence is command line, environment variable, environment file, default.yaml, default', () => {
  const files = { default: 'edge: {port: 1, send_burst: 2}\nshards: 8', test: 'edge: {port: 3}' };
  assert.equal(load(files).config.edge.port, 3);
  assert.equal(load(files).config.edge.send_burst, 2);
  assert.equal(load(files).config.shards, 8);
  assert.equal(load(files, { env: { DANMUX_EDGE_PORT: '4' } }).config.edge.port, 4);
  assert.equal(load(files, { env: { DANMUX_EDGE_PORT: '4' }, set: { 'edge.port': 5 } }).config.edge.port, 5);
});

test('only the file of the current environment is read', () => {
  const files = { development: 'shards: 2', production: 'shards: 3' };
  assert.equal(load(files).config.shards, 64);
  assert.equal(load(files, { environment: 'production' }).config.shards, 3);
});

test('an unknown key names its full path and the file', () => complains([/test\.yaml: unknown setting "edge\.prot"/], { test: 'edge: {prot: 7700}' }));
test('an unknown section is refused', () => complains([/unknown setting "edges"/], { default: 'edges: {port: 1}' }));
test('a name inherited from Object.prototype is an unknown setting', () => complains([/unknown setting "constructor"/], { default: 'constructor: 1' }));
test('the error for an invalid value names path, file and value', () =>
  complains([/default\.yaml: edge\.port .*65535; got 70000/], { default: 'edge: {port: 70000}' }));
test('text is not accepted as a number', () => complains([/edge\.port must be integer; got "7700"/], { default: 'edge: {port: "7700"}' }));
test('the error for an invalid choice lists the valid choices', () =>
  complains([/engine must be one of auto, memory, redis; got "kafka"/], { default: 'engine: kafka' }));
test('a section given as a value is refused', () => complains([/edge must be a mapping/], { default: 'edge: 5' }));
test('a list as a file is refused', () => complains([/must be a mapping/], { default: '- a' }));
test('broken YAML names the file', () => complains([/default\.yaml: not valid YAML/], { default: 'edge: [1' }));
test('the error for an invalid variable names the variable', () =>
  complains([/environment variable DANMUX_EDGE_PORT: edge\.port/], {}, { env: { DANMUX_EDGE_PORT: 'high' } }));
test('an invalid boolean variable is refused', () => complains([/DANMUX_DEMO: api\.demo must be boolean/], {}, { env: { DANMUX_DEMO: 'yes' } }));
test('an unknown path on the command line is refused', () => complains([/command line: unknown setting "edge\.x"/], {}, { set: { 'edge.x': 1 } }));
test('an unknown environment is refused', () => complains([/NODE_ENV is "prodution"/], {}, { environment: 'prodution' }));
test('a config folder set by DANMUX_CONFIG_DIR must exist', () => {
  assert.throws(
    () => loadConfig({ env: { ...secrets, NODE_ENV: 'test', DANMUX_CONFIG_DIR: join(root, 'nowhere') } }),
    /DANMUX_CONFIG_DIR: the folder .* does not exist/,
  );
});

test('the error for an invalid secret does not contain it', () => {
  assert.throws(
    () => load({ default: 'api: {key: [hunter2]}' }),
    (error) => error instanceof ConfigError && /api\.key/.test(error.message) && !error.message.includes('hunter2'),
  );
});

test('a file can add message types but not lanes', () => {
  const { config } = load({ default: 'messages: {types: {vote: {lane: chat, viewer: true}}}' });
  assert.deepEqual(Object.keys(config.messages.types).sort(), [...Object.keys(messageTypes), 'vote'].sort());
  complains([/messages\.types/], { default: 'messages: {types: {vote: {lane: express, viewer: true}}}' });
  complains([/messages\.types\.BAD NAME/], { default: 'messages: {types: {"BAD NAME": {lane: chat, viewer: true}}}' });
});

test('two loaded configs share no objects', () => {
  load({}).config.messages.types['gift'] = { lane: 'chat', viewer: true };
  assert.deepEqual(load({}).config.messages.types['gift'], { lane: 'gift', viewer: false });
});

test('variables can set lists and booleans', () => {
  const env = { DANMUX_ALLOWED_ORIGINS: 'https://a.example, https://b.example,', DANMUX_DEMO: '1', DANMUX_LOG_PRETTY: 'false' };
  const { config } = load({}, { env });
  assert.deepEqual(config.edge.allowed_origins, ['https://a.example', 'https://b.example']);
  assert.equal(config.api.demo, true);
  assert.equal(config.log.pretty, false);
});

test('an empty variable counts as absent', () => assert.equal(load({}, { env: { DANMUX_EDGE_PORT: '', REDIS_URL: '' } }).config.edge.port, 7700));

test('redaction replaces every secret and nothing else', () => {
  const { config } = load({}, { env: { REDIS_URL: 'redis://:pw@127.0.0.1' } });
  const printed = JSON.stringify(redactConfig(config));
  for (const secret of [...Object.values(secrets), ':pw@']) assert.ok(!printed.includes(secret));
  assert.match(printed, /7700/);
  assert.equal(config.redis.url, 'redis://:pw@127.0.0.1', 'the config itself keeps them');
});

test('secrets inside a list are redacted, in output and in errors', () => {
  const row = { id: 'shop', hashes: ['0'.repeat(64)], scopes: ['read'], signing_secrets: ['hunter2'.repeat(5)] };
  const target = { id: 'billing', url: 'https://hooks.example', secret: [`whsec_${'hunter2'.repeat(4)}`, `whsec_${'hunter2'.repeat(5)}`] };
  const { config } = load({}, { set: { 'api.keys': [row], 'webhooks.targets': [target] } });
  const printed = JSON.stringify(redactConfig(config));
  assert.ok(!printed.includes('hunter2'), printed);
  assert.ok(printed.includes('shop') && printed.includes('https://hooks.example'), 'the rest is shown');
  assert.throws(
    () => load({}, { set: { 'api.keys': [{ ...row, scopes: ['everything'] }] } }),
    (error: Error) => error.message.includes('api.keys') && !error.message.includes('hunter2'),
  );
});

test('every setting has a default and a description, and environment variables are unique', () => {
  const names = settings.map(({ schema }) => schema.env).filter((name) => name !== undefined);
  assert.equal(new Set(names).size, names.length);
  for (const { path, schema } of settings) {
    assert.notEqual(schema.default, undefined, path);
    assert.match(schema.description ?? '', /\.$/, path);
  }
});

test('the config files of the repository load', () => {
  const dir = new URL('../../../../config/', import.meta.url).pathname;
  for (const environment of ['development', 'production', 'test']) {
    assert.match(readFileSync(join(dir, `${environment}.yaml`), 'utf8'), /^#/);
    assert.equal(loadConfig({ dir, environment, env: secrets, secretsDir: root }).environment, environment);
  }
});

test('production neither serves the demo nor allows guests', () => {
  const dir = new URL('../../../../config/', import.meta.url).pathname;
  const { config } = loadConfig({ dir, environment: 'production', env: secrets, secretsDir: root });
  assert.equal(config.api.demo, false);
  assert.equal(config.viewer.allow_guests, false);
});

test('a proxy of another kind is refused beside a target of webhooks, and ignored without one', () => {
  const secrets = { 'viewer.token_secret': 's'.repeat(32), 'api.key': 'k'.repeat(32) };
  const load = (proxy: string, set: object = {}) =>
    loadConfig({ environment: 'test', dir: 'none', env: { HTTPS_PROXY: proxy }, set: { ...secrets, ...set } }).config.webhooks.proxy;
  const target = { 'webhooks.url': 'https://hooks.example/', 'webhooks.secret': 'whsec_'.padEnd(38, 'A') };
  for (const proxy of ['socks5://proxy.example:1080', 'proxy.example:3128']) {
    assert.equal(load(proxy), proxy);
    assert.throws(() => load(proxy, target), /webhooks\.proxy \(HTTPS_PROXY\)/, proxy);
  }
  assert.equal(load('http://proxy.example:3128', target), 'http://proxy.example:3128');
});

test('a fault in a file does not make the secrets of the file, or of a variable, look missing in production', () => {
  const held = { viewer: { token_secret: 's'.repeat(40) }, api: { key: 'k'.repeat(40) } };
  const faults = (text: string): string => {
    try {
      load({ production: text }, { environment: 'production', env: { DANMUX_TOKEN_SECRET: '', DANMUX_API_KEY: '' } });
    } catch (error) {
      assert.ok(error instanceof ConfigError, String(error));
      return error.message.replaceAll(/\S*production\.yaml/g, 'production.yaml');
    }
    return assert.fail('it loads');
  };
  const typo = faults(JSON.stringify({ ...held, edge: { prot: 1, port: 'x' } }));
  assert.match(typo, /^production\.yaml: unknown setting "edge\.prot"[^\n]*\nproduction\.yaml: edge\.port must be integer[^\n]*$/);
  assert.match(faults('viewer: [1'), /^production\.yaml: not valid YAML(?!.*must be set in production)/s);
  assert.doesNotMatch(faults('viewer: [1'), /must be set in production/, 'the unreadable file may hold the secrets');
  assert.match(faults('edge: {prot: 1}'), /unknown setting "edge\.prot"[^\n]*\nviewer\.token_secret and api\.key must be set in production/);
  assert.match(
    faults(JSON.stringify({ ...held, trusted_proxies: 5 })),
    /^production\.yaml: trusted_proxies [^\n]*$/,
    'no check runs on a value of a wrong type',
  );
});
