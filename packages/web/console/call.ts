// Sends the console's requests to the api, each with the session's key. A problem reply becomes a `Refused` error with code, text and trace id; a 401
// ends the session.
import type { Problem } from '@danmux/protocol/schemas';
import { connectivity } from './connectivity.ts';
import { learnTime } from './server-time.ts';
import { session } from './session.ts';
import { texts } from './texts/texts.ts';

/** Thrown when the api refuses a request. It has the fields of the api's problem reply (RFC 9457). */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly trace: string | undefined;
  readonly fields: readonly string[];

  constructor({ code, status, detail, instance, errors = [] }: Problem) {
    super(detail);
    this.name = 'Refused';
    this.code = code;
    this.status = status;
    this.trace = instance;
    this.fields = errors.map(({ path, message }) => `${path} ${message}`.trim());
  }
}

/** Thrown when there is no reply, or a reply that is not JSON, for example from a proxy. The api may or may not have made the change. */
class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

export interface Done<T> {
  readonly body: T;
  readonly trace: string | undefined;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

const timeoutMs = 8_000;

/** Sends a GET request and returns the reply's body. Throws `Refused` or `Unreachable`. */
export async function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return (await send<T>('GET', path + queryText(query), undefined, signal)).body;
}

/** Sends a change. A POST has an Idempotency-Key, so that a retry by the network cannot apply it twice. Throws `Refused` or `Unreachable`. */
export function change<T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Done<T>> {
  return send<T>(method, path, body);
}

/** Template tag that encodes the values of a path: pathOf`/v1/rooms/${room}`. */
export function pathOf(parts: TemplateStringsArray, ...values: readonly string[]): string {
  return parts.reduce((path, part, index) => path + encodeURIComponent(values[index - 1] ?? '') + part);
}

async function send<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Done<T>> {
  const { key } = session;
  const sentAt = performance.now();
  const response = await request(method, path, key ?? '', body, signal);
  learnTime(response.headers.get('date'), sentAt);
  const trace = response.headers.get('x-trace-id') ?? undefined;
  const type = response.headers.get('content-type') ?? '';
  if (!type.includes('json')) throw markOffline(new Unreachable(texts.noReply.other(`${response.status} ${response.statusText}`.trim())));
  const answer: unknown = await response.json().catch(() => {
    throw markOffline(new Unreachable(texts.noReply.cut));
  });
  connectivity.answered();
  if (response.ok) return { body: answer as T, trace };
  if (response.status === 401 && session.key === key) session.end('refused');
  throw new Refused(answer as Problem);
}

async function request(method: string, path: string, key: string, body: unknown, signal: AbortSignal | undefined): Promise<Response> {
  const headers: Record<string, string> = { authorization: `Bearer ${key}` };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (method === 'POST') headers['idempotency-key'] = randomText();
  const late = AbortSignal.timeout(timeoutMs);
  try {
    // Relative to /console/, because a proxy may serve the api below a path.
    return await fetch(`..${path}`, {
      method,
      headers,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, late]) : late,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw markOffline(new Unreachable(late.aborted ? texts.noReply.late : texts.noReply.none, { cause: error }));
  }
}

function markOffline(error: Unreachable): Unreachable {
  connectivity.missed();
  return error;
}

function queryText(query: Query): string {
  const present = Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined || value === '' ? [] : [[name, String(value)]]));
  return present.length === 0 ? '' : `?${new URLSearchParams(present)}`;
}

/** 128 random bits in hex. `crypto.randomUUID` does not exist on pages served over plain http. */
export function randomText(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
