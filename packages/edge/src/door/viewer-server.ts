// Creates the socket.io server and its HTTP server: transports, size limits, CORS and the handshake. It handles no viewer
// events.
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DanmuxError, limits, type ServerEvents, type ViewerEvents } from '@danmux/protocol';
import { mayReadMetrics, metricsClosedText, probe, type Runtime, type TokenVerifier } from '@danmux/runtime';
import { Server } from 'socket.io';
import { boundPolls, type PollingConn } from '../outbox/polls.ts';
import type { SocketData } from '../session/session.ts';
import type { WatchKeys } from '../session/watch-keys.ts';
import type { Viewer } from '../viewer/viewer.ts';
import { type Engine, guardEngine } from './admission.ts';
import { authenticate } from './handshake.ts';
import { InflateMemory } from './inflater.ts';
import { originAllowed, originKnown } from './origin.ts';
import { packets } from './packets.ts';
import { webSocketsWith } from './web-sockets.ts';

export type ViewerServer = Server<ViewerEvents, ServerEvents, Record<string, never>, SocketData>;

/** Verifies tokens, and decides which viewers are refused for other reasons. */
export interface Door {
  readonly tokens: Pick<TokenVerifier, 'verify'>;
  readonly keys: Pick<WatchKeys, 'admit'>;
  /** The error for every new viewer, while the edge drains or is full; else undefined. */
  refuses(): DanmuxError | undefined;
  /** The error for this viewer, such as a ban; else undefined. */
  refusesViewer(viewer: Viewer): DanmuxError | undefined;
}

export function createHttpServer(runtime: Runtime): HttpServer {
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 15_000, connectionsCheckingInterval: 2_000 }, (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    if (path === '/metrics' && !mayReadMetrics(runtime, request.headers.authorization)) {
      const { status, code } = new DanmuxError('unauthorized');
      response
        .writeHead(status, { 'content-type': 'application/json', 'www-authenticate': 'Bearer' })
        .end(JSON.stringify({ code, message: metricsClosedText }));
      return;
    }
    probe(runtime, path).then(
      (answer) => response.writeHead(answer?.status ?? 404, { 'content-type': answer?.type ?? 'application/json' }).end(answer?.body ?? '{"code":"not_found"}'),
      (error: unknown) => {
        runtime.counted.error({ err: error }, 'probe failed');
        response.writeHead(500).end();
      },
    );
  });
  return server;
}

export function createViewerServer(runtime: Runtime, http: HttpServer, door: Door): ViewerServer {
  const { edge } = runtime.config;
  const io: ViewerServer = new Server(http, {
    path: '/socket.io/',
    parser: packets,
    serveClient: false,
    transports: edge.polling ? ['websocket', 'polling'] : ['websocket'],
    pingInterval: edge.ping_interval_ms,
    pingTimeout: edge.ping_timeout_ms,
    connectTimeout: edge.connect_timeout_ms,
    upgradeTimeout: edge.connect_timeout_ms,
    maxHttpBufferSize: limits.packet,
    perMessageDeflate: edge.deflate,
    wsEngine: webSocketsWith(new InflateMemory(edge.inflate_bytes)),
    httpCompression: false,
    cors: (request, answer) => {
      const { origin, host } = (request as IncomingMessage).headers;
      const allowed = origin !== undefined && originAllowed(origin, host, edge.allowed_origins);
      answer(null, { origin: allowed ? origin : false, credentials: allowed && originKnown(origin, host, edge.allowed_origins) });
    },
  });
  // Viewers are refused at the handshake when possible: stock clients retry after a refused handshake, but not after a refused CONNECT.
  guardEngine(runtime, io.engine as unknown as Engine, () => door.refuses());
  // engine.io accepts pre-encoded frames only when its own compression is off.
  io.engine.on('connection', (conn: PollingConn & { transport: { perMessageDeflate: unknown } }) => {
    conn.transport.perMessageDeflate = null;
    if (conn.transport.name === 'polling') boundPolls(conn, edge.frame_bytes);
  });
  io.use((socket, next) => {
    admit(runtime, socket.handshake.auth, door).then(
      (viewer) => {
        socket.data.viewer = viewer;
        next();
      },
      (error: unknown) => next(connectError(runtime, socket.request, error)),
    );
  });
  return io;
}

/** The `host:port` that `http` listens on. */
export function addressOf(http: HttpServer, host: string): string {
  const { port } = http.address() as AddressInfo;
  return `${host}:${port}`;
}

async function admit(runtime: Runtime, auth: Readonly<Record<string, unknown>>, door: Door): Promise<Viewer> {
  const refusal = door.refuses();
  if (refusal) throw refusal;
  const viewer = await authenticate(runtime, door.tokens, auth);
  await door.keys.admit(viewer);
  const unwanted = door.refusesViewer(viewer);
  if (unwanted) throw unwanted;
  return viewer;
}

function connectError(runtime: Runtime, request: IncomingMessage, error: unknown): Error {
  const refusal = error instanceof DanmuxError ? error : new DanmuxError('internal', { cause: error });
  runtime.metrics.refused.inc({ source: 'handshake', code: refusal.code });
  runtime.log.debug({ code: refusal.code, address: runtime.clientAddress(request) }, 'viewer refused');
  if (refusal.code === 'internal') runtime.counted.error({ err: error }, 'handshake failed', { most: 20 });
  // socket.io passes the `data` of an Error on to `connect_error`.
  return Object.assign(new Error(refusal.message), { data: refusal.toBody() });
}
