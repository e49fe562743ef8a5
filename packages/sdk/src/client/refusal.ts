// Reads why an edge refused a connection: from the reply to CONNECT, or from the HTTP answer to a request of long-polling. Returns undefined for
// failures that have no such reason, such as an edge that is down.
import { type ErrorBody, errors } from '@danmux/protocol';
import type { EdgeAddress } from './address.ts';

const askTimeoutMs = 3_000;

/** The reason in an error of socket.io's `connect_error`. */
export function reasonIn(error: Error): ErrorBody | undefined {
  const { data, context } = error as Error & { data?: unknown; context?: { responseText?: unknown } };
  return bodyOf(data) ?? bodyOf(parsed(context?.responseText));
}

/**
 * Asks the edge for the reason by a plain HTTP request. For clients that use WebSocket only: browsers hide the HTTP answer to a refused WebSocket
 * from the page. Never rejects.
 */
export async function askReason({ server, path }: EdgeAddress): Promise<ErrorBody | undefined> {
  const base = server.replace(/^ws(?=s?:)/, 'http').replace(/\/(\?.*)?$/, '');
  try {
    const answer = await fetch(`${base}${path}?EIO=4&transport=websocket`, { signal: AbortSignal.timeout(askTimeoutMs), credentials: 'omit' });
    return bodyOf(await answer.json());
  } catch {
    // The edge cannot be reached or sent no JSON: the reason stays unknown, and the client retries.
    return undefined;
  }
}

function bodyOf(value: unknown): ErrorBody | undefined {
  const { code, message, retry_after_ms } = (value ?? {}) as Partial<ErrorBody>;
  if (typeof code !== 'string' || !Object.hasOwn(errors, code)) return undefined;
  return { code, message: String(message), ...(typeof retry_after_ms === 'number' ? { retry_after_ms } : {}) };
}

function parsed(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    // The body is no JSON; it may be the error page of a proxy.
    return undefined;
  }
}
