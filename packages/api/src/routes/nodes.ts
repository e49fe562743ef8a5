// Members of the cluster: every process that announced itself in the last seconds.
import type { Bus } from '@danmux/bus';
import { type NodesReply, nodesExample, nodesReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../http/validation.ts';
import { documented, success } from './documented.ts';
import { nodeRow } from './node-row.ts';

const nodesSchema = {
  summary: 'The processes of the cluster',
  description:
    'Every one that announced itself within `cluster.member_ttl_ms`, with what it measured of itself: numbers are two seconds old at most when it says them.',
  tags: ['nodes'],
  response: { 200: success(nodesReply, 'By role, then by id', nodesExample), ...documented(['unavailable']) },
};

export function addNodesRoute(app: TypedApp, bus: Bus): void {
  app.get('/v1/nodes', { schema: nodesSchema, config: { scope: 'read' } }, async (): Promise<NodesReply> => {
    const nodes = (await bus.members.list()).map(nodeRow);
    return { nodes: nodes.sort((a, b) => (a.role + a.id < b.role + b.id ? -1 : 1)) };
  });
}
