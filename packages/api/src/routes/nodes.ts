// Who is in the cluster: every process that announced itself in the last seconds.
import type { Bus } from '@danmux/bus';
import { type NodesReply, nodesReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../validation.ts';
import { documented, success } from './documented.ts';

const example = { nodes: [{ id: 'edge@edge-8k2m4q9x1c', role: 'edge', address: '127.0.0.1:7700', version: '0.1.0', load: 0.12 }] };

const nodesSchema = {
  summary: 'The processes of the cluster',
  description: 'Every one that announced itself within `cluster.member_ttl_ms`.',
  tags: ['nodes'],
  response: { 200: success(nodesReply, 'By role, then by id', example), ...documented(['unavailable']) },
};

export function addNodesRoute(app: TypedApp, bus: Bus): void {
  app.get('/v1/nodes', { schema: nodesSchema, config: { scope: 'read' } }, async (): Promise<NodesReply> => {
    const nodes = [...(await bus.members())];
    return { nodes: nodes.sort((a, b) => (a.role + a.id < b.role + b.id ? -1 : 1)) };
  });
}
