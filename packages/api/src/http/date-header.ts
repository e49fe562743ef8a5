// Replies carry the cluster's time as their `Date`, since this machine's clock may be wrong: clients such as the console
// compute ages from it.
import type { Clock } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addDateHeader(app: FastifyInstance, clock: Clock): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('date', new Date(clock.now()).toUTCString());
  });
}
