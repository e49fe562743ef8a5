// Sends one event to one target over HTTP and returns the outcome. It signs (Standard Webhooks), follows no redirects, reads only the start of
// the response and has a timeout. With a proxy it connects through a tunnel. Retrying is up to the caller.
import http from 'node:http';
import https from 'node:https';
import { AddressGuard, type Clock, type Runtime } from '@danmux/runtime';
import { Webhook } from 'standardwebhooks';
import type { WebhookTarget } from '../targets.ts';
import { bypassesProxy } from './no-proxy.ts';
import { Tunnel } from './tunnel.ts';

export type Outcome =
  | { readonly kind: 'delivered' }
  /** The target fails; the event is not at fault. `hold`: the target requested a pause with 429 or Retry-After. */
  | { readonly kind: 'down'; readonly error: string; readonly retryAfterMs?: number; readonly hold?: true }
  /** 401, 403, 404, 405 or 407: typical of a site that restarts behind a proxy or lost its secret. */
  | { readonly kind: 'missing'; readonly error: string }
  /** The target refused this event. */
  | { readonly kind: 'refused'; readonly error: string }
  /** The target answered 410: it wants no more events. */
  | { readonly kind: 'gone'; readonly error: string };

export interface Delivery {
  /** Value of the header `webhook-id`. */
  readonly id: string;
  /** The body. */
  readonly text: string;
}

/** Maximum number of bytes read of a response; then the connection is closed. */
const answerBytes = 65_536;
/** Time limit for the rest of a response after its status; then the connection is closed. */
const answerMs = 1_000;
const longestRetryAfterMs = 3_600_000;
const busyStatuses = [408, 425, 429];
const missingStatuses = [401, 403, 404, 405, 407];
/** Idle connections are closed after this time. */
const idleMs = 4_000;
/** Caps all sockets, not those per host, so that targets on one host do not block each other; request-slots.ts bounds each target's requests. */
const connections = { keepAlive: true, timeout: idleMs, scheduling: 'lifo', maxTotalSockets: 8_192 } as const;

interface Agents {
  readonly http: http.Agent;
  readonly https: http.Agent;
}

export class WebhookClient {
  readonly #runtime: Runtime;
  readonly #guard: AddressGuard;
  readonly #direct: Agents = { http: new http.Agent(connections), https: new https.Agent(connections) };
  /** Absent without a proxy. */
  readonly #tunnelled: Agents | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    const { allow_addresses, proxy, timeout_ms: timeoutMs } = runtime.config.webhooks;
    this.#guard = new AddressGuard(allow_addresses);
    // Only a process without targets gets another kind of proxy here: the config check refuses it beside a target.
    if (!/^https?:/.test(proxy)) return;
    const tunnel = new Tunnel({ proxy, guard: this.#guard, timeoutMs });
    this.#tunnelled = { http: tunnel.agent(connections), https: tunnel.secureAgent(connections) };
  }

  /** Never rejects. */
  async post(target: WebhookTarget, delivery: Delivery): Promise<Outcome> {
    const outcome = await this.#outcome(target, delivery);
    this.#runtime.metrics.webhooks.inc({ target: target.id, result: outcome.kind });
    return outcome;
  }

  close(): void {
    for (const agents of [this.#direct, this.#tunnelled]) {
      agents?.http.destroy();
      agents?.https.destroy();
    }
  }

  async #outcome(target: WebhookTarget, delivery: Delivery): Promise<Outcome> {
    try {
      const { status, retryAfterMs } = await this.#request(target, delivery, true);
      return outcomeOf(status, retryAfterMs);
    } catch (error) {
      // The id cannot be sent in a header: the event is at fault, permanently.
      if ((error as NodeJS.ErrnoException).code === 'ERR_INVALID_CHAR') return { kind: 'refused', error: (error as Error).message };
      return { kind: 'down', error: error instanceof Error ? error.message || error.name : String(error) };
    }
  }

  async #request(target: WebhookTarget, delivery: Delivery, mayRepeat: boolean): Promise<Answer> {
    const { allow_http, timeout_ms, no_proxy } = this.#runtime.config.webhooks;
    const url = new URL(target.url);
    if (url.protocol !== 'https:' && !allow_http) throw new Error('the URL is not https, and webhooks.allow_http is off');
    this.#guard.checkHost(url.hostname);
    const secure = url.protocol === 'https:';
    const agents = this.#tunnelled && !bypassesProxy(no_proxy, url) ? this.#tunnelled : this.#direct;
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      agent: secure ? agents.https : agents.http,
      lookup: this.#guard.lookup,
      headers: this.#headers(target, delivery),
    });
    try {
      return await answerTo(request, delivery.text, timeout_ms, this.#runtime.clock);
    } catch (error) {
      // The target closed the idle connection just as it was reused, so it has not read the request.
      if (mayRepeat && request.reusedSocket && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return this.#request(target, delivery, false);
      throw error;
    }
  }

  #headers({ secrets }: WebhookTarget, { id, text }: Delivery): Record<string, string | number> {
    const now = this.#runtime.clock.now();
    return {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      'user-agent': `danmux/${this.#runtime.version}`,
      'webhook-id': id,
      'webhook-timestamp': Math.floor(now / 1_000),
      // One signature per secret, so that the target may verify with either during a rotation.
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, new Date(now), text)).join(' '),
    };
  }
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs?: number;
}

function answerTo(request: http.ClientRequest, body: string, timeoutMs: number, clock: Clock): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => request.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    request.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    request.on('response', (response) => {
      clearTimeout(timer);
      const retryAfterMs = retryAfterOf(response.headers, clock.now());
      const answer = { status: response.statusCode ?? 0, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
      void readLittle(response).then(() => resolve(answer));
    });
    request.end(body);
  });
}

/** Reads the rest of the response, so that the connection can be reused; closes it when the response is too long or slow. */
function readLittle(response: http.IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let read = 0;
    const timer = setTimeout(() => response.destroy(), answerMs);
    response.on('data', (chunk: Buffer) => {
      read += chunk.length;
      if (read > answerBytes) response.destroy();
    });
    // The outcome is known already; errors in the rest of the response do not matter.
    response.on('error', () => {});
    response.on('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function outcomeOf(status: number, retryAfterMs: number | undefined): Outcome {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const error = `it answered ${status}`;
  if (status === 410) return { kind: 'gone', error };
  if (missingStatuses.includes(status)) return { kind: 'missing', error };
  if (status >= 400 && status < 500 && !busyStatuses.includes(status)) return { kind: 'refused', error };
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  const where = status >= 300 && status < 400 ? `${error}; redirects are not followed` : error;
  return { kind: 'down', error: where, ...asked, ...(status === 429 || retryAfterMs !== undefined ? { hold: true } : {}) };
}

/** Parses Retry-After: seconds, or a date relative to the response's own Date header; malformed values are ignored. */
function retryAfterOf({ 'retry-after': header, date = '' }: http.IncomingHttpHeaders, now: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - (Date.parse(date) || now);
  return ms > 0 ? Math.min(ms, longestRetryAfterMs) : undefined;
}
