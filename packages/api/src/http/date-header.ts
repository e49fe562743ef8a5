// Sets the `Date` header of every reply to the cluster's time, because this machine's clock may be wrong and clients such as the console
// compute ages from the header.
import type { Clock } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addDateHeader(app: FastifyInstance, clock: Clock): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('date', new Date(clock.now()).toUTCString());
  });
}
