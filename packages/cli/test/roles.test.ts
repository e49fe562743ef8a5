// Composed processes: all roles in one process on the memory engine, one role per process on Redis.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Part } from '@danmux/runtime';
import { eventually, startRedis, testConfig } from '@danmux/testkit/unit';
import { composeNode, type Node, parseRoles, type RoleName, roleNames } from '../src/index.ts';

const key = 'k'.repeat(40);
const ports = { 'edge.port': 0, 'api.port': 0, 'relay.port': 0, 'worker.port': 0, 'edge.drain_ms': 50, 'api.drain_ms': 10, shards: 4 };

let ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
});

function compose(roles: readonly RoleName[], set: Readonly<Record<string, unknown>> = {}): Node & { lines: string[] } {
  const lines: string[] = [];
  const secrets = { 'viewer.token_secret': 's'.repeat(40), 'api.key': key };
  const config = testConfig({ ...secrets, ...ports, 'log.level': 'warn', ...set });
  return { ...composeNode(config, roles, { write: (line) => void lines.push(line) }), lines };
}
async function start(node: Node): Promise<void> {
  ends.push(async () => {
    for (const part of [...node.parts].reverse()) await part.drain?.();
    for (const part of [...node.parts].reverse()) await part.stop();
  });
  for (const part of node.parts) await part.start();
}
const names = (parts: readonly Part[]) => parts.map(({ name }) => name);
const ready = async (address: string) => (await (await fetch(`http://${address}/readyz`)).json()) as { ready: boolean; checks: Record<string, string> };

test('composing a process opens no port and no connection', () => {
  const node = compose(roleNames);
  assert.deepEqual(names(node.parts), ['log', 'bus', 'jobs', 'relay', 'worker', 'edge', 'api'], 'the bus first, then the queue, those who let others in last');
  assert.equal(node.bus.engine, 'memory');
});

test('all roles in one process on the memory engine become ready, and a push reaches the history', async () => {
  const node = compose(parseRoles('all'));
  await start(node);
  const { api, edge, relay } = node.addresses();
  assert.ok(api && edge, 'both listen');
  assert.equal(relay, undefined, 'a relay has no port of its own here');
  for (const address of [api, edge]) assert.equal((await ready(address)).ready, true);
  const answer = await fetch(`http://${api}/v1/rooms/live:1/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'gift', data: {}, id: 'g1' }),
  });
  assert.equal(answer.status, 202);
  await eventually(async () => {
    const { msgs } = await node.bus.streams.history('live:1', 'gift', undefined, 10);
    assert.deepEqual(
      msgs.map((text) => (JSON.parse(text) as { id: string }).id),
      ['g1'],
    );
  });
  assert.deepEqual(node.lines, [], 'no warning');
});

test('a relay on Redis answers probes on a port of its own, and is not ready while Redis is away', async () => {
  const redis = await startRedis();
  ends.push(() => redis.stop());
  const node = compose(['relay'], { 'redis.url': redis.url });
  await start(node);
  assert.deepEqual(names(node.parts), ['log', 'bus', 'health-server', 'relay']);
  const health = node.parts[2] as Part & { address(): string };
  const until = (wanted: boolean) =>
    eventually(async () => {
      const state = await ready(health.address());
      assert.equal(state.ready, wanted);
      return state;
    });
  await until(true);
  await redis.kill();
  const { checks } = await until(false);
  assert.match(checks['store'] ?? '', /cannot be reached/);
  await redis.start();
  await until(true);
});

test('the memory engine refuses a single role before it opens anything', () => {
  for (const role of roleNames) assert.throws(() => compose([role]), { code: 'config_invalid', message: /REDIS_URL/ });
  assert.throws(() => compose(['edge', 'relay', 'api']), { code: 'config_invalid' });
});

test('parseRoles returns each role once, in start order', () => {
  assert.deepEqual(parseRoles('api,edge,api'), ['edge', 'api']);
  assert.deepEqual(parseRoles(' edge , relay '), ['relay', 'edge']);
  assert.deepEqual(parseRoles('edge,all'), [...roleNames]);
  for (const wrong of ['', 'Edge', 'edge,', 'edges', 'toString']) assert.throws(() => parseRoles(wrong), { code: 'config_invalid' }, wrong);
});
