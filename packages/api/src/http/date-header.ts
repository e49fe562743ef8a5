// Answers carry the cluster's time as their `Date`, since the clock of this machine may be wrong: who reads it, as the console does,
// can tell how long ago something was.
import type { Clock } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addDateHeader(app: FastifyInstance, clock: Clock): void {
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('date', new Date(clock.now()).toUTCString());
  });
}
