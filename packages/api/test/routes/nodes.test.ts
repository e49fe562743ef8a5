// The members of the cluster.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startApi } from '../bare-api.ts';

test('each with role, address, version and load, by role and id', async () => {
  const fixture = await startApi();
  const edge = (id: string) => ({ id, role: 'edge', address: '10.0.0.1:7700', version: '0.1.0', load: 0.5 });
  for (const id of ['edge@b', 'edge@a']) await fixture.bus.announce(edge(id), 60_000);
  const { nodes } = (await fixture.call('GET', '/v1/nodes')).body;
  assert.equal(`http://${nodes[0].address}`, fixture.url);
  assert.deepEqual([nodes[0].role, nodes[0].version], ['api', '0']);
  assert.deepEqual(nodes.slice(1), [edge('edge@a'), edge('edge@b')]);
  await fixture.close();
});
