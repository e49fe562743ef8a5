// The cluster in numbers: who is online, what was accepted, sent and shed, which processes there are.
import type { Bus } from '@danmux/bus';
import { type StatsReply, statsReply } from '@danmux/protocol/schemas';
import type { FastifyInstance } from 'fastify';
import { documented } from './documented.ts';

export function addStatsRoute(app: FastifyInstance, bus: Bus): void {
  app.get(
    '/v1/stats',
    { schema: { summary: 'Numbers of the whole cluster', tags: ['stats'], response: { 200: statsReply, ...documented(['unavailable']) } } },
    async (): Promise<StatsReply> => {
      const [totals, ledger, members] = await Promise.all([bus.presenceTotals(), bus.ledger(), bus.members()]);
      return { ...totals, ...ledger, nodes: [...members] };
    },
  );
}
