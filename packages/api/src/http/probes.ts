// Serves /healthz, /readyz and /metrics on the port of the admin API, without a key and outside the OpenAPI document.
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

/** Measures response times. The label is the route pattern, because every raw URL would create a new time series. */
export function addTimes(app: FastifyInstance, { metrics }: Runtime): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    metrics.httpSeconds.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
}
