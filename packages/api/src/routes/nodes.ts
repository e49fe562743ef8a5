// Who is in the cluster: every process that announced itself in the last seconds.
import type { Bus } from '@danmux/bus';
import { type NodesReply, nodesReply } from '@danmux/protocol/schemas';
import type { FastifyInstance } from 'fastify';
import { documented } from './documented.ts';

export function addNodesRoute(app: FastifyInstance, bus: Bus): void {
  app.get(
    '/v1/nodes',
    { schema: { summary: 'The processes of the cluster', tags: ['nodes'], response: { 200: nodesReply, ...documented(['unavailable']) } } },
    async (): Promise<NodesReply> => {
      const nodes = [...(await bus.members())];
      return { nodes: nodes.sort((a, b) => (a.role + a.id < b.role + b.id ? -1 : 1)) };
    },
  );
}
