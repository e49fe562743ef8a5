// The door: which Origin may connect, whose token is good, and whether there is room. Refusals carry a code of the errors
// table in `connect_error`'s data; an Origin is refused before any socket exists, with HTTP 403.
import type { IncomingMessage } from 'node:http';
import { DanmuxError } from '@danmux/protocol';
import { type Runtime, verifyViewerToken } from '@danmux/runtime';
import { guestViewer, type Viewer, viewerOf } from '../viewer/viewer.ts';

/** True for a page of the same host name, of a configured Origin, or for what is no page (no Origin). */
export function originAllowed(origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean {
  if (origin === undefined || allowed.includes('*') || allowed.includes(origin)) return true;
  const from = hostName(origin);
  const to = host === undefined ? undefined : hostName(`http://${host}`);
  return from !== undefined && to !== undefined && (from === to || (isLoopback(from) && isLoopback(to)));
}

/** The same for a request, in the form engine.io asks. */
export function allowRequest(runtime: Runtime): (request: IncomingMessage, answer: (error: string | null, allowed: boolean) => void) => void {
  return (request, answer) => {
    const allowed = originAllowed(request.headers.origin, request.headers.host, runtime.config.edge.allowed_origins);
    if (!allowed) runtime.metrics.refused.inc({ source: 'handshake', code: 'origin_forbidden' });
    answer(allowed ? null : 'origin_forbidden', allowed);
  };
}

/** The viewer behind `handshake.auth`; throws what connect_error tells. */
export async function authenticate(runtime: Runtime, auth: Readonly<Record<string, unknown>>): Promise<Viewer> {
  const { viewer } = runtime.config;
  const token = auth['token'];
  if (token === undefined || token === null || token === '') {
    if (viewer.allow_guests) return guestViewer();
    throw new DanmuxError('token_missing');
  }
  if (typeof token !== 'string') throw new DanmuxError('token_invalid');
  return viewerOf(await verifyViewerToken(viewer, token, runtime.clock.now()));
}

function hostName(url: string): string | undefined {
  try {
    return new URL(url).hostname;
  } catch {
    // An Origin such as "null" names no host.
    return undefined;
  }
}

function isLoopback(name: string): boolean {
  // An address, not a name that begins like one: anybody may own 127.example.org.
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}
