// The danmux command, run as a person runs it: what each subcommand prints, and with which status it ends.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadConfig, verifyViewerToken } from '@danmux/runtime';
import { startRelayedApi } from '@danmux/testkit/api-fixture';
import { eventually } from '@danmux/testkit/unit';
import { composeNode, parseRoles } from '../src/index.ts';
import { runCommand, secrets } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'danmux-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const danmux = (args: readonly string[], env?: Readonly<Record<string, string>>) => runCommand(folder, args, env);

test('token signs the given claims, and refuses a bad option', async () => {
  const { code, out } = await danmux(['token', 'u1', '--name', '小明', '--level', '5', '--room', 'live:*', 'vip', '--ttl', '60'], secrets);
  assert.equal(code, 0);
  const { viewer } = loadConfig({ environment: 'test', dir: 'none', env: secrets }).config;
  const claims = await verifyViewerToken(viewer, out.trim(), Date.now());
  assert.deepEqual([claims.sub, claims.name, claims.level, claims.rooms], ['u1', '小明', 5, ['live:*', 'vip']]);
  const bad = await danmux(['token', 'u1', '--ttl', 'soon'], secrets);
  assert.notEqual(bad.code, 0);
  assert.match(bad.err, /ttl/);
});

test('token --ttl is refused above viewer.token_max_ttl_s, with the limit and the setting in one line', async () => {
  const [longest, long, lowered] = await Promise.all([
    danmux(['token', 'u1', '--ttl', '86400'], secrets),
    danmux(['token', 'u1', '--ttl', '86401'], secrets),
    danmux(['--set', 'viewer.token_max_ttl_s=600', 'token', 'u1', '--ttl', '601'], secrets),
  ]);
  assert.deepEqual([longest.code, longest.err], [0, '']);
  for (const [{ code, out, err }, limit] of [
    [long, 86_400],
    [lowered, 600],
  ] as const)
    assert.deepEqual([code, out, err], [1, '', `danmux: --ttl: give at most ${limit} s, the setting viewer.token_max_ttl_s.\n`]);
});

test('config check accepts good settings and names file and path of a bad one; config print shows values without secrets', async () => {
  assert.match((await danmux(['config', 'check'], secrets)).out, /are good/);
  const printed = await danmux(['config', 'print', '--set', 'edge.port=9000'], secrets);
  assert.match(printed.out, /port: 9000/);
  for (const secret of Object.values(secrets)) assert.ok(!printed.out.includes(secret), 'a secret was printed');
  const config = join(folder, 'bad');
  mkdirSync(config);
  writeFileSync(join(config, 'default.yaml'), 'edge:\n  prot: 1\n');
  const bad = await danmux(['--config', config, 'config', 'check'], secrets);
  assert.equal(bad.code, 1);
  assert.match(bad.err, /^danmux: .*default\.yaml: unknown setting "edge\.prot".*\n$/);
  const wrong = await danmux(['config', 'check'], { ...secrets, DANMUX_EDGE_PORT: 'http' });
  assert.match(wrong.err, /DANMUX_EDGE_PORT: edge\.port .*"http"/);
});

test('production without secrets does not start', async () => {
  const { code, err } = await danmux(['start'], { NODE_ENV: 'production' });
  assert.equal(code, 1);
  assert.match(err, /DANMUX_TOKEN_SECRET/);
});

test('push publishes through a running api; a refusal and an unreachable api are one line', async (t) => {
  const api = await startRelayedApi(t, { 'api.key': secrets.DANMUX_API_KEY });
  const { out, code } = await danmux(['push', 'live:1', 'gift', '{"gift":"rocket"}', '--from', 'u1', '--id', 'order-1', '--url', api.url], secrets);
  assert.equal(code, 0, out);
  assert.deepEqual(JSON.parse(out), { id: 'order-1', room: 'live:1', lane: 'gift' });
  const digits = await danmux(['push', 'live:1', 'gift', '{"order":9007199254740993,"price":1.0}', '--url', api.url], secrets);
  assert.equal(digits.code, 0);
  await eventually(async () => {
    const history = await fetch(`${api.url}/v1/rooms/live:1/history?lane=gift`, { headers: { authorization: `Bearer ${secrets.DANMUX_API_KEY}` } });
    assert.match(await history.text(), /"data":\{"order":9007199254740993,"price":1\.0\}/);
  });
  const refused = await danmux(['push', 'live:1', 'zzz', 'hello', '--url', api.url], secrets);
  assert.match(refused.err, /^danmux: the api refused with 400: .*unknown_type/);
  const nodes = await danmux(['nodes', '--url', api.url], secrets);
  assert.match(nodes.out, /^ROLE +ADDRESS +LOAD +CONFIG +VERSION +ID\napi +127\.0\.0\.1:\d+ +0 % +same +0 +api@test-\w+\nrelay +- +\d{1,2} % /);
  const nobody = await danmux(['push', 'live:1', 'gift', 'x', '--url', 'http://127.0.0.1:9'], secrets);
  assert.match(nobody.err, /does not answer.*is it running/);
});

test('--role takes names and all; an unknown name is an error; a single role needs Redis', () => {
  assert.deepEqual(parseRoles('all'), ['relay', 'worker', 'edge', 'api']);
  assert.deepEqual(parseRoles('api, edge'), ['edge', 'api']);
  assert.throws(() => parseRoles('edge,gateway'), /no role "gateway"/);
  const { config } = loadConfig({ environment: 'test', dir: 'none', env: secrets });
  assert.throws(() => composeNode(config, ['edge']), /REDIS_URL/);
});
