// Checks a new connection: its Origin and its token. A refused token reaches the client as `connect_error` with an error code in its
// data; a refused Origin is answered with HTTP 403 before a socket exists.
import type { IncomingMessage } from 'node:http';
import { DanmuxError } from '@danmux/protocol';
import type { Runtime, TokenVerifier } from '@danmux/runtime';
import { guestViewer, type Viewer, viewerOf } from '../viewer/viewer.ts';

/** True for a page with the server's host name (all loopback names are equal), an allowed Origin, or no Origin header (not a browser page). */
export function originAllowed(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  const from = hostName(origin);
  const to = host === undefined ? undefined : hostName(`http://${host}`);
  return from !== undefined && to !== undefined && (from === to || (isLoopback(from) && isLoopback(to)));
}

/** `originAllowed` as engine.io's `allowRequest` callback. */
export function allowRequest(runtime: Runtime): (request: IncomingMessage, answer: (error: string | null, allowed: boolean) => void) => void {
  return (request, answer) => {
    const allowed = originAllowed(request.headers.origin, request.headers.host, runtime.config.edge.allowed_origins);
    if (!allowed) runtime.metrics.refused.inc({ source: 'handshake', code: 'origin_forbidden' });
    answer(allowed ? null : 'origin_forbidden', allowed);
  };
}

/** The viewer identified by `handshake.auth`; throws the DanmuxError that `connect_error` reports. */
export async function authenticate(
  { config: { viewer }, counted }: Pick<Runtime, 'config' | 'counted'>,
  tokens: Pick<TokenVerifier, 'verify'>,
  auth: Readonly<Record<string, unknown>>,
): Promise<Viewer> {
  const token = auth['token'];
  if (token === undefined || token === null || token === '') {
    if (viewer.allow_guests) return guestViewer();
    counted.info({ code: 'token_missing' }, 'a viewer sent no token');
    throw new DanmuxError('token_missing');
  }
  if (typeof token !== 'string') throw new DanmuxError('token_invalid', { message: 'auth.token must be text: the signed JWT.' });
  return viewerOf(await tokens.verify(token));
}

function hostName(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    // Not a URL, for example the Origin "null".
    return undefined;
  }
}

function isLoopback(name: string): boolean {
  // Must be a full IP address: anybody may register a name such as 127.example.org.
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}
