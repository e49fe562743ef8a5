// Checks requests before engine.io's handshake. Refuses clients of an old protocol and pages of a foreign Origin, and refuses every client while
// the edge drains or is full. The answer is an HTTP response with the status of the error, also to a WebSocket upgrade; engine.io would answer
// every refused upgrade with 400.
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import { originAllowed } from './origin.ts';

/** The methods of engine.io's server that receive requests. */
export interface Engine {
  handleRequest(request: IncomingMessage, response: ServerResponse): unknown;
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): unknown;
}

/** Maximum number of logged characters of an Origin header, because the client chooses its length. */
const loggedChars = 256;

/** Puts the checks before the engine's handlers. `refuses` returns the error for every new viewer while the edge drains or is full. */
export function guardEngine(runtime: Runtime, engine: Engine, refuses: () => DanmuxError | undefined): void {
  const handleRequest = engine.handleRequest.bind(engine);
  const handleUpgrade = engine.handleUpgrade.bind(engine);
  engine.handleRequest = (request, response) => {
    const refusal = refusalOf(runtime, request, refuses);
    if (!refusal) return handleRequest(request, response);
    const { status, headers, body } = answerTo(request, refusal);
    response.writeHead(status, headers).end(body);
  };
  engine.handleUpgrade = (request, socket, head) => {
    // The edge supports no WebSocket sub-protocol, but ws would accept the first one that the client offers.
    delete request.headers['sec-websocket-protocol'];
    const refusal = refusalOf(runtime, request, refuses);
    if (refusal) refuseUpgrade(socket, answerTo(request, refusal));
    else handleUpgrade(request, socket, head);
  };
}

function refusalOf(runtime: Runtime, request: IncomingMessage, refuses: () => DanmuxError | undefined): DanmuxError | undefined {
  // Read as engine.io reads it: the last of several values counts, and an empty `sid` begins a connection.
  const { sid, EIO: version } = Object.fromEntries(new URL(request.url ?? '', 'http://edge').searchParams) as Partial<Record<string, string>>;
  // A request with a `sid` belongs to an admitted connection. OPTIONS is a CORS preflight request.
  if (sid || request.method === 'OPTIONS') return undefined;
  const refusal = protocolRefusal(version) ?? originRefusal(runtime, request) ?? refuses();
  if (refusal) {
    const { code } = refusal;
    runtime.metrics.refused.inc({ source: 'handshake', code });
    runtime.log.debug({ code, address: runtime.clientAddress(request) }, 'viewer refused');
  }
  return refusal;
}

function protocolRefusal(version: string | undefined): DanmuxError | undefined {
  if (version === '4') return undefined;
  const asked = version === undefined ? 'no protocol version' : `EIO=${version.slice(0, 8)}`;
  return new DanmuxError('invalid_request', {
    message: `This client asks for ${asked}; use a socket.io client of version 3 or 4, which speaks Engine.IO protocol 4 (EIO=4).`,
  });
}

function originRefusal({ config, counted, clientAddress }: Runtime, request: IncomingMessage): DanmuxError | undefined {
  const { origin, host } = request.headers;
  if (originAllowed(origin, host, config.edge.allowed_origins)) return undefined;
  const fields = { origin: origin?.slice(0, loggedChars), address: clientAddress(request) };
  counted.warn(fields, 'page of a foreign origin refused; if it is yours, add its origin to edge.allowed_origins');
  return new DanmuxError('origin_forbidden');
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The response to a refused request. CORS headers let every page read it, also a page of a foreign Origin, because it contains only the reason
 * of the refusal.
 */
function answerTo({ headers: { origin } }: IncomingMessage, refusal: DanmuxError): Answer {
  const reason = refusal.toBody();
  const body = JSON.stringify(reason);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    connection: 'close',
    ...(origin === undefined ? {} : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' }),
  };
  if (reason.retry_after_ms !== undefined) headers['retry-after'] = String(Math.ceil(reason.retry_after_ms / 1_000));
  return { status: refusal.status, headers, body };
}

function refuseUpgrade(socket: Duplex, { status, headers, body }: Answer): void {
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)];
  // Node has removed its own listeners from an upgraded socket. An unhandled `error` would crash the process when the client resets the
  // connection. The socket is destroyed after the answer, so the client cannot keep it open.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
