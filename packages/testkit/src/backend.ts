// A backend for tests: publishes over the admin API and retries each message with the same Idempotency-Key until it is accepted. Tests
// then expect the message at every viewer.
import { randomUUID } from 'node:crypto';

export interface Push {
  readonly room: string;
  readonly type: string;
  readonly data: unknown;
  readonly id?: string;
  readonly from?: { readonly id: string; readonly name?: string };
}

export interface PushOutcome {
  readonly id: string;
  /** Failed attempts before the successful one: replies other than 202 and connection errors. */
  readonly refusals: readonly string[];
}

export interface Answer {
  /** HTTP status; 0 when the request got no reply. */
  readonly status: number;
  readonly body: unknown;
  /** Value of the Retry-After header in seconds; 0 when absent. */
  readonly retryAfter: number;
}

export class Backend {
  readonly #url: string;
  readonly #key: string;
  readonly #timeoutMs: number;

  constructor(url: string, key: string, timeoutMs = 5_000) {
    this.#url = url;
    this.#key = key;
    this.#timeoutMs = timeoutMs;
  }

  /** Retries until the message is accepted. Rejects after `timeoutMs`, or on a 4xx reply other than 409 and 429. */
  async push({ room, type, data, id, from }: Push, timeoutMs = 30_000): Promise<PushOutcome> {
    const key = id ?? randomUUID();
    const end = performance.now() + timeoutMs;
    const refusals: string[] = [];
    for (;;) {
      const outcome = await this.post(`/v1/rooms/${room}/messages`, { type, data, ...(id === undefined ? {} : { id }), ...(from ? { from } : {}) }, key);
      if (outcome.status === 202) return { id: (outcome.body as { id: string }).id, refusals };
      refusals.push(`${outcome.status} ${JSON.stringify(outcome.body)}`);
      if (performance.now() > end || (outcome.status >= 400 && outcome.status < 500 && outcome.status !== 409 && outcome.status !== 429)) {
        throw new Error(`the push was refused: ${refusals.join('; ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async post(path: string, body: object, idempotencyKey: string = randomUUID()): Promise<Answer> {
    try {
      const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
      const response = await fetch(`${this.#url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(this.#timeoutMs),
      });
      return { status: response.status, body: await response.json(), retryAfter: Number(response.headers.get('retry-after')) };
    } catch (error) {
      return { status: 0, body: String((error as Error).cause ?? error), retryAfter: 0 };
    }
  }

  /** Sends the request once and resolves with the JSON of the reply. A POST has a new Idempotency-Key. Rejects unless the status is 2xx. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the reply it expects
  async request(method: string, path: string, body?: object): Promise<any> {
    const headers = {
      authorization: `Bearer ${this.#key}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    };
    const response = await fetch(`${this.#url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#key}` }, signal: AbortSignal.timeout(this.#timeoutMs) });
    return { status: response.status, body: await response.json() };
  }
}
