// Lists the processes of the cluster that announced themselves within `cluster.member_ttl_ms`.
import type { Bus } from '@danmux/bus';
import { type NodesReply, nodesExample, nodesReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../http/validation.ts';
import { documented, success } from './documented.ts';
import { nodeRows } from './node-row.ts';

const nodesSchema = {
  summary: 'List the processes of the cluster',
  description:
    'Every process that announced itself within `cluster.member_ttl_ms`, with its own measurements. A process measures at most two seconds before it announces itself. `config` names the settings whose value differs between processes that use them (the column "same in" of config/reference.md), without values.',
  tags: ['nodes'],
  response: { 200: success(nodesReply, 'All processes, by role and then by id', nodesExample), ...documented(['unavailable']) },
};

export function addNodesRoute(app: TypedApp, bus: Bus): void {
  app.get('/v1/nodes', { schema: nodesSchema, config: { scope: 'read' } }, async (): Promise<NodesReply> => {
    return nodeRows(await bus.members.list());
  });
}
