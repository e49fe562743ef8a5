// A cluster on a Redis whose ACL refuses the job queues and whose eviction policy can delete messages: it serves, reports both problems
// everywhere, retries rarely, logs only JSON, and ends cleanly.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Redis } from 'ioredis';
import { backendOf, edgeUrls, eventually, ProcessCluster, startRedis, TestViewer, testToken } from '../src/index.ts';

let cluster: ProcessCluster;
let admin: Redis;
before(async () => {
  const redis = await startRedis({ args: ['--maxmemory-policy', 'allkeys-lru'] });
  admin = new Redis(redis.port);
  await admin.call('ACL', 'SETUSER', 'app', 'reset', 'on', '>a-password-nobody-prints', '~danmux:*', '&*', '+@all');
  const env = { REDIS_URL: `redis://app:a-password-nobody-prints@127.0.0.1:${redis.port}` };
  cluster = await ProcessCluster.start({ redis, edges: 1, relays: 1, workers: 1, apis: 1, env });
});
after(async () => {
  admin?.disconnect();
  await cluster?.stop();
});

interface Said {
  readonly ready: boolean;
  readonly degraded: readonly { readonly code: string; readonly text: string }[];
}
const codesOf = ({ degraded }: Pick<Said, 'degraded'>) => degraded.map(({ code }) => code).sort();
const expected = (role: string) => (role === 'worker' || role === 'api' ? ['redis_eviction', 'redis_refused'] : ['redis_eviction']);

test('gifts arrive while the job queues are refused, and every process reports the problems in readyz, nodes and metrics', { timeout: 60_000 }, async () => {
  const viewer = new TestViewer({ urls: edgeUrls(cluster), room: 'live:1', token: await testToken('ann') });
  try {
    await viewer.joined();
    await backendOf(cluster).push({ room: 'live:1', type: 'gift', data: {}, id: 'gift' });
    await eventually(() => assert.deepEqual(viewer.ids('gift'), ['gift']));
  } finally {
    viewer.close();
  }
  const later = await backendOf(cluster).post('/v1/rooms/live:1/messages', { type: 'gift', data: {}, delay_ms: 1_000 });
  assert.equal(later.status, 503);
  await eventually(async () => {
    for (const { role, url } of cluster.nodes) {
      const answer = await fetch(`${url}/readyz`);
      const said = (await answer.json()) as Said;
      assert.deepEqual([answer.status, said.ready, codesOf(said)], [200, true, expected(role)], role);
      assert.match(await (await fetch(`${url}/metrics`)).text(), /^danmux_degraded\{code="redis_eviction"\} 1$/m);
    }
    const { nodes } = (await backendOf(cluster).get('/v1/nodes')).body as { nodes: (Pick<Said, 'degraded'> & { role: string })[] };
    assert.equal(nodes.length, 4);
    for (const node of nodes) assert.deepEqual(codesOf(node), expected(node.role), node.role);
  });
});

test('the whole cluster retries refused commands only a few times per second', { timeout: 30_000 }, async () => {
  await admin.config('RESETSTAT');
  const since = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const stats = await admin.info('commandstats');
  const refused = [...stats.matchAll(/rejected_calls=(\d+),failed_calls=(\d+)/g)].reduce(
    (sum, [, rejected, failed]) => sum + Number(rejected) + Number(failed),
    0,
  );
  const perSecond = refused / ((performance.now() - since) / 1_000);
  assert.ok(perSecond < 20, `${perSecond.toFixed(1)} refused commands a second`);
});

test('each problem is logged once, every line is JSON without a password, and SIGTERM ends all processes', { timeout: 30_000 }, async () => {
  const since = performance.now();
  await Promise.all(cluster.nodes.map(({ process }) => process.stop('SIGTERM')));
  assert.ok(performance.now() - since < 10_000, 'within the drain');
  for (const { name, process } of cluster.nodes) {
    assert.doesNotMatch(process.output, /a-password-nobody-prints/);
    const lines = process.output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { msg: string; code?: string; refusal?: string; command?: string; connection?: string });
    const named = lines.filter(({ msg }) => msg === 'redis refuses a command').map(({ refusal, command, connection }) => `${refusal} ${command} ${connection}`);
    assert.deepEqual(named, [...new Set(named)], name);
    assert.deepEqual(
      lines
        .filter(({ msg }) => msg === 'degraded')
        .map(({ code }) => code)
        .sort(),
      expected(name.split('-')[0] ?? ''),
    );
  }
});
