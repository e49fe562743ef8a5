// A backend for tests: pushes over the admin API with one Idempotency-Key a message, again until it is accepted. It knows
// which messages were acknowledged; those are the ones nobody may lose.
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
  /** Answers other than 2xx, and connection errors, before the one that accepted it. */
  readonly refusals: readonly string[];
}

export class Backend {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  /** Tries until it is accepted or `timeoutMs` passed. */
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

  /** Status 0 when nothing answered. */
  async post(path: string, body: object, idempotencyKey: string = randomUUID()): Promise<{ status: number; body: unknown }> {
    try {
      const headers = { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json', 'idempotency-key': idempotencyKey };
      const response = await fetch(`${this.#url}${path}`, { method: 'POST', headers, body: JSON.stringify(body), signal: AbortSignal.timeout(5_000) });
      return { status: response.status, body: await response.json() };
    } catch (error) {
      return { status: 0, body: String((error as Error).cause ?? error) };
    }
  }

  async get(path: string): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${this.#url}${path}`, { headers: { authorization: `Bearer ${this.#key}` }, signal: AbortSignal.timeout(5_000) });
    return { status: response.status, body: await response.json() };
  }
}
