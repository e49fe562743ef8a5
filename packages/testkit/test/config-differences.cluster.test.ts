// Processes with different configs on a real Redis: an edge with another token secret, and a worker without the webhook target of the others.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backendOf, ProcessCluster } from '@danmux/testkit';
import { closeAfter, eventually } from '@danmux/testkit/unit';

interface Nodes {
  readonly nodes: readonly { readonly id: string; readonly role: string; readonly config: { readonly state: string; readonly settings: readonly string[] } }[];
  readonly config: { readonly differences: readonly { readonly setting: string; readonly majority: boolean; readonly nodes: readonly string[] }[] };
}

interface Hooks {
  readonly webhooks: readonly { readonly state: string; readonly workers: Readonly<Record<string, number>> }[];
}

const webhook = { DANMUX_WEBHOOK_URL: 'https://hooks.example/in', DANMUX_WEBHOOK_SECRET: `whsec_${'a'.repeat(32)}` };
const odd = { DANMUX_TOKEN_SECRET: 'another-token-secret-0123456789abcdefghij', DANMUX_EDGE_INDEX: '1' };
const none = { same: 0, different: 0, missing: 0, unknown: 0 };

test('an edge and a worker with another config are named until they start with the same one', { timeout: 120_000 }, async (t) => {
  const envOf: Record<string, Record<string, string>> = { 'edge-1': odd, 'worker-0': { DANMUX_WEBHOOK_URL: '', DANMUX_WEBHOOK_SECRET: '' } };
  const cluster = await ProcessCluster.start({ relays: 0, workers: 1, edges: 2, apis: 1, env: webhook, envOf });
  closeAfter(t, () => cluster.stop());
  const backend = backendOf(cluster, 20_000);
  const nodes = async () => (await backend.get('/v1/nodes')).body as Nodes;
  const hook = async () => ((await backend.get('/v1/webhooks')).body as Hooks).webhooks[0];
  const states = ({ nodes: rows }: Nodes) => rows.map(({ role, config }) => [role, config.state]).sort();

  const first = await nodes();
  const idsOf = (role: string, state: string) => first.nodes.flatMap(({ id, role: its, config }) => (its === role && config.state === state ? [id] : []));
  assert.deepEqual(states(first), [
    ['api', 'different'],
    ['edge', 'different'],
    ['edge', 'same'],
    ['worker', 'different'],
  ]);
  assert.deepEqual(first.config.differences, [
    { setting: 'viewer.token_secret', majority: true, nodes: idsOf('edge', 'different') },
    // Only api and worker use the secret, and neither of two is a majority.
    { setting: 'webhooks.secret', majority: false, nodes: [...idsOf('api', 'different'), ...idsOf('worker', 'different')] },
    { setting: 'webhooks.url', majority: true, nodes: idsOf('worker', 'different') },
  ]);
  assert.deepEqual(await hook().then((target) => [target?.state, target?.workers]), ['unserved', { ...none, missing: 1 }]);

  delete envOf['worker-0'];
  envOf['edge-1'] = { DANMUX_EDGE_INDEX: '1' };
  for (const node of [...cluster.of('worker'), ...cluster.of('edge').slice(1)]) {
    await node.process.stop('SIGTERM');
    await cluster.restart(node);
  }
  await eventually(
    async () => {
      const now = await nodes();
      assert.deepEqual([now.nodes.length, now.config.differences, now.nodes.every(({ config }) => config.state === 'same')], [4, [], true]);
    },
    { timeoutMs: 30_000 },
  );
  assert.deepEqual(await hook().then((target) => [target?.state, target?.workers]), ['closed', { ...none, same: 1 }]);
});
