// Statistics of the whole cluster: viewers online, messages accepted, sequenced and shed, and processes.
import type { Bus } from '@danmux/bus';
import { nodesExample, type StatsReply, statsReply } from '@danmux/protocol/schemas';
import type { TypedApp } from '../http/validation.ts';
import { documented, success } from './documented.ts';
import { nodeRows } from './node-row.ts';

const example = {
  rooms: 2,
  online: 1_204,
  accepted: { control: 3, gift: 120, chat: 9_000, ambient: 400 },
  sequenced: { control: 3, gift: 120, chat: 8_990, ambient: 400 },
  shed: { control: {}, gift: {}, chat: { ingress_full: 10 }, ambient: {} },
  nodes: nodesExample.nodes,
};

const statsSchema = {
  summary: 'Get the statistics of the cluster',
  description: 'For each lane, `accepted` is the sum of `sequenced`, `shed` (by reason) and the messages still queued.',
  tags: ['stats'],
  response: { 200: success(statsReply, 'Counters since the store was created', example), ...documented(['unavailable']) },
};

export function addStatsRoute(app: TypedApp, bus: Bus): void {
  app.get('/v1/stats', { schema: statsSchema, config: { scope: 'read' } }, async (): Promise<StatsReply> => {
    const [totals, ledger, members] = await Promise.all([bus.presence.totals(), bus.ledger.totals(), bus.members.list()]);
    return { ...totals, ...ledger, nodes: nodeRows(members).nodes };
  });
}
