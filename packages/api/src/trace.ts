// One trace id a request: the caller's W3C traceparent, or a new one. It goes out as X-Trace-Id, into the log, into problems
// and with every publication.
import { newId } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    trace: string;
  }
}

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$/;

export function addTrace(app: FastifyInstance): void {
  app.decorateRequest('trace', '');
  app.addHook('onRequest', async (request, reply) => {
    const given = request.headers['traceparent'];
    request.trace = (typeof given === 'string' && traceparent.exec(given)?.[1]) || newId();
    reply.header('x-trace-id', request.trace);
  });
}
