// Builds the Fastify server: limits, hooks in the order in which they run, and all routes (one file per noun in routes/). The error handler
// is set before any route is added; otherwise the routes of plugins would send errors in Fastify's format.
import type { Bus } from '@danmux/bus';
import { Publisher, TraceHops } from '@danmux/cluster';
import type { JobQueue } from '@danmux/jobs';
import { limits } from '@danmux/protocol';
import { type Runtime, toJson } from '@danmux/runtime';
import { EventWriter } from '@danmux/webhooks';
import { type FastifyInstance, fastify } from 'fastify';
import { addAuth } from './auth/auth.ts';
import { addDocs } from './docs.ts';
import { addAudit } from './http/audit.ts';
import { brokenRequestHandler } from './http/broken-request.ts';
import { addDateHeader } from './http/date-header.ts';
import type { Drain } from './http/drain.ts';
import { addIdempotency } from './http/idempotency.ts';
import { addJsonBodies } from './http/json-body.ts';
import { addMissing } from './http/missing.ts';
import { addProbes, addTimes } from './http/probes.ts';
import { errorHandler } from './http/problem.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { addTrace, traceOf } from './http/trace.ts';
import { type TypeBoxProvider, type TypedApp, validatorCompiler } from './http/validation.ts';
import { addPusherRoutes } from './pusher/pusher-routes.ts';
import { addAuditRoute } from './routes/audit.ts';
import { addBroadcastRoute } from './routes/broadcasts.ts';
import { addGatewayRoute } from './routes/gateway.ts';
import { addJobRoutes } from './routes/jobs.ts';
import { addKeyRoutes } from './routes/keys.ts';
import { addKickRoutes } from './routes/kicks.ts';
import { addMessageRoutes } from './routes/messages.ts';
import { addNodesRoute } from './routes/nodes.ts';
import { addRecallRoutes } from './routes/recall.ts';
import { addReceiptsRoute } from './routes/receipts.ts';
import { addReviewRoutes } from './routes/reviews.ts';
import { addRoomListRoute } from './routes/room-list.ts';
import { addRoomPatchRoute } from './routes/room-patch.ts';
import { addRoomRoutes } from './routes/rooms.ts';
import { addSanctionRoutes } from './routes/sanctions.ts';
import { addStatsRoute } from './routes/stats.ts';
import { addStatsHistoryRoute } from './routes/stats-history.ts';
import { addTokenRoute } from './routes/tokens.ts';
import { addTraceRoute } from './routes/traces.ts';
import { addUserRoutes } from './routes/users.ts';
import { addWebhookRoutes } from './routes/webhooks.ts';
import { addWordRoutes } from './routes/words.ts';
import type { Services } from './services.ts';
import { addStatic } from './static.ts';

export interface ServerOptions {
  /** Folder of the built browser files. Without it /console/, /demo/, /overlay/ and /sdk/ answer 404 with the command that builds them. */
  readonly webRoot?: string;
}

export async function createServer(runtime: Runtime, bus: Bus, jobs: JobQueue, drain: Drain, { webRoot }: ServerOptions = {}): Promise<FastifyInstance> {
  const app = createApp(runtime);
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => toJson);
  app.setErrorHandler(errorHandler(runtime));
  addMissing(app, runtime);
  addJsonBodies(app);
  addTrace(app);
  addDateHeader(app, runtime.clock);
  drain.watch(app);
  addTimes(app, runtime);
  await addSecurityHeaders(app);
  await addDocs(app, runtime.version, runtime.config.api.public_path, webRoot);
  const keys = addAuth(app, runtime, bus);
  addIdempotency(app, runtime, bus);
  addAudit(app, runtime, bus);
  addProbes(app, runtime);
  const typed = app.withTypeProvider<TypeBoxProvider>();
  const hops = startedHops(app, runtime, bus);
  const services = { runtime, bus, jobs, events: new EventWriter(runtime, bus), hops, publisher: new Publisher(runtime, bus, 'api', hops) };
  addRoutes(typed, services);
  addAuditRoute(typed, bus);
  addKeyRoutes(typed, runtime, keys);
  await addPusherRoutes(typed, services, keys);
  await addStatic(app, runtime, bus, webRoot);
  return app;
}

function startedHops(app: FastifyInstance, runtime: Runtime, bus: Bus): TraceHops {
  const hops = new TraceHops(runtime, bus, `api@${runtime.node}`);
  app.addHook('onReady', () => hops.start());
  app.addHook('onClose', () => hops.stop());
  return hops;
}

function createApp(runtime: Runtime): FastifyInstance {
  return fastify({
    bodyLimit: limits.body,
    routerOptions: { maxParamLength: 2_048 },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 5_000 },
    logger: false,
    genReqId: (request) => traceOf(request, runtime.clock.now()),
    clientErrorHandler: brokenRequestHandler(runtime),
    frameworkErrors: (error, request, reply) => void errorHandler(runtime)(error, request, reply),
  });
}

function addRoutes(app: TypedApp, services: Services): void {
  const { runtime, bus } = services;
  addMessageRoutes(app, services);
  addBroadcastRoute(app, services);
  addUserRoutes(app, services);
  addReceiptsRoute(app, services);
  addTraceRoute(app, services);
  addRoomListRoute(app, services);
  addRoomRoutes(app, services);
  addRoomPatchRoute(app, services);
  addRecallRoutes(app, services);
  addSanctionRoutes(app, services);
  addKickRoutes(app, services);
  addWordRoutes(app, services);
  addReviewRoutes(app, services);
  addJobRoutes(app, services);
  addWebhookRoutes(app, services);
  addTokenRoute(app, runtime);
  addStatsRoute(app, bus);
  addStatsHistoryRoute(app, services);
  addNodesRoute(app, bus);
  addGatewayRoute(app, services);
}
