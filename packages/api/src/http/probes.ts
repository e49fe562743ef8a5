// Serves /healthz, /readyz and /metrics on the port of the admin API, without an API key and outside the OpenAPI document. In production
// /metrics needs `metrics.key`.
import { DanmuxError } from '@danmux/protocol';
import { mayReadMetrics, metricsClosedText, probe, type Runtime } from '@danmux/runtime';
import type { FastifyInstance } from 'fastify';

export function addProbes(app: FastifyInstance, runtime: Runtime): void {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    app.get(path, { schema: { hide: true }, config: { public: true } }, async (request, reply) => {
      if (path === '/metrics' && !mayReadMetrics(runtime, request.headers.authorization)) throw new DanmuxError('unauthorized', { message: metricsClosedText });
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
