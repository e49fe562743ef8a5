// One trace id a request: the caller's W3C traceparent, or a new one. It is Fastify's request id, so that it is there from the
// first byte; it goes out as X-Trace-Id, into the log, into problems and with every publication.
import type { IncomingMessage } from 'node:http';
import { newId } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

// Version ff and ids of nothing but zeros are invalid in W3C Trace Context.
const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** `now`: the cluster's time. */
export function traceOf(request: Pick<IncomingMessage, 'headers'>, now?: number): string {
  return givenTrace(request) ?? newId(now);
}

/** The caller's own; undefined when it gave none, or a bad one. */
export function givenTrace({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const given = headers['traceparent'];
  return typeof given === 'string' ? traceparent.exec(given)?.[1] : undefined;
}

export function addTrace(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-trace-id', request.id);
  });
}
