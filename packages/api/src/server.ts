// The Fastify server: limits, the order of its hooks, headers, documentation and probes. Routes are in routes/, one file a
// noun. The error handler stands before every route, or plugins' routes would answer in Fastify's own form.

import type { Bus } from '@danmux/bus';
import { DanmuxError, errors, limits } from '@danmux/protocol';
import { probe, type Runtime } from '@danmux/runtime';
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { type FastifyInstance, fastify } from 'fastify';
import { addAuth } from './auth.ts';
import { addDemo } from './demo.ts';
import type { Drain } from './drain.ts';
import { addIdempotency } from './idempotency.ts';
import { parseBoundedJson } from './json-depth.ts';
import { errorHandler, sendProblem } from './problem.ts';
import { addMessageRoutes } from './routes/messages.ts';
import { addNodesRoute } from './routes/nodes.ts';
import { addRoomRoutes } from './routes/rooms.ts';
import { addStatsRoute } from './routes/stats.ts';
import { addTokenRoute } from './routes/tokens.ts';
import { addTrace } from './trace.ts';
import { validatorCompiler } from './validation.ts';

export async function createServer(runtime: Runtime, bus: Bus, drain: Drain): Promise<FastifyInstance> {
  const app = fastify({
    bodyLimit: limits.body,
    routerOptions: { maxParamLength: 1_024 },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000 },
    logger: false,
    frameworkErrors: (error, request, reply) => void errorHandler(runtime)(error, request, reply),
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  app.setErrorHandler(errorHandler(runtime));
  app.setNotFoundHandler((request, reply) => sendProblem(reply, missing(app, request.method, request.url, reply)));
  addJsonBodies(app);
  addTrace(app);
  drain.watch(app);
  addTimes(app, runtime);
  await app.register(helmet, { contentSecurityPolicy: { directives: contentSecurityPolicy }, strictTransportSecurity: false });
  await addDocumentation(app, runtime.version);
  addAuth(app, runtime);
  addIdempotency(app, runtime, bus);
  addProbes(app, runtime);
  await app.register(async (routes) => {
    addMessageRoutes(routes, runtime, bus);
    addRoomRoutes(routes, bus);
    addTokenRoute(routes, runtime);
    addStatsRoute(routes, bus);
    addNodesRoute(routes, bus);
  });
  await addDemo(app, runtime, bus);
  return app;
}

const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  // The demo page connects to edges, which have ports and hosts of their own.
  connectSrc: ["'self'", 'http:', 'https:', 'ws:', 'wss:'],
  imgSrc: ["'self'", 'data:', 'blob:'],
  mediaSrc: ["'self'", 'blob:'],
  upgradeInsecureRequests: null,
};

function addJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, parseBoundedJson(String(body)));
    } catch (error) {
      done(error as Error);
    }
  });
}

function addTimes(app: FastifyInstance, runtime: Runtime): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'unknown';
    runtime.metrics.httpSeconds.observe({ route, status: reply.statusCode }, reply.elapsedTime / 1_000);
  });
}

async function addDocumentation(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'danmux admin API', version, description: 'What a backend does with its rooms. Errors are RFC 9457 problems with a `code`.' },
      components: {
        securitySchemes: { bearer: { type: 'http', scheme: 'bearer' }, apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' } },
      },
      security: [{ bearer: [] }, { apiKey: [] }],
    },
  });
  app.addHook('onRoute', (route) => {
    // Everything of the documentation is public.
    if (route.url.startsWith('/docs')) route.config = { ...route.config, public: true };
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  app.get('/openapi.json', { schema: { hide: true }, config: { public: true } }, async () => app.swagger());
}

function addProbes(app: FastifyInstance, runtime: Runtime): void {
  for (const path of ['/healthz', '/readyz', '/metrics']) {
    app.get(path, { schema: { hide: true }, config: { public: true } }, async (_request, reply) => {
      const answer = await probe(runtime, path);
      if (!answer) throw new DanmuxError('not_found');
      return reply
        .status(answer.status)
        .type(answer.type)
        .serializer((text: unknown) => String(text))
        .send(answer.body);
    });
  }
}

/** 405 with Allow when the path exists under other methods. */
function missing(app: FastifyInstance, method: string, url: string, reply: { header(name: string, value: string): unknown }): DanmuxError {
  const path = url.split('?')[0] ?? '/';
  const allowed = (['GET', 'POST'] as const).filter((other) => other !== method && app.findRoute({ url: routePattern(path), method: other }) !== null);
  if (allowed.length === 0) return new DanmuxError('not_found', { message: `There is no route ${method} ${path.slice(0, 200)}; the routes are at /docs.` });
  reply.header('allow', allowed.join(', '));
  return new DanmuxError('method_not_allowed', { message: `${errors.method_not_allowed.text} It takes ${allowed.join(' and ')}.` });
}

function routePattern(path: string): string {
  return path.replace(/^\/v1\/rooms\/[^/]+/, '/v1/rooms/:room');
}
