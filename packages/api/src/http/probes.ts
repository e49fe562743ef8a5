// /healthz, /readyz and /metrics on the api's own port: the runtime's answers, public, outside the documentation.
import { DanmuxError } from '@danmux/protocol';
import { probe, type Runtime } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addProbes(app: FastifyInstance, runtime: Runtime): void {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    app.get(path, { schema: { hide: true }, config: { public: true } }, async (_request, reply) => {
      const answer = await probe(runtime, path);
      if (!answer) throw new DanmuxError('not_found');
      return reply
        .status(answer.status)
        .type(answer.type)
        .header('cache-control', 'no-store')
        .serializer((text: unknown) => String(text))
        .send(answer.body);
    });
  }
}

/** Route patterns only: raw URLs as labels would create a time series each. */
export function addTimes(app: FastifyInstance, { metrics }: Runtime): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.httpSeconds.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
}
