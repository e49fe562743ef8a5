// The trace id of a request: the id of the caller's W3C `traceparent` header, or a new one. It is Fastify's request id, so it exists before
// any hook runs. The X-Trace-Id header, log lines, problems and publications carry it.
import type { IncomingMessage } from 'node:http';
import { newId } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

// Version ff and all-zero ids are invalid in W3C Trace Context.
const traceparent = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's trace id, or a new id that contains `now` (the cluster's time, milliseconds since 1970). */
export function traceOf(request: Pick<IncomingMessage, 'headers'>, now?: number): string {
  return givenTrace(request) ?? newId(now);
}

/** The trace id in the caller's `traceparent` header; undefined when the header is absent or invalid. */
export function givenTrace({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const given = headers['traceparent'];
  return typeof given === 'string' ? traceparent.exec(given)?.[1] : undefined;
}

export function addTrace(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-trace-id', request.id);
  });
}
