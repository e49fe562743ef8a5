// Chooses the next edge to try: of the application's addresses, or of those a gateway names, best first. The last edge that accepted this
// viewer comes first, also on the next visit.
import { DanmuxError } from '@danmux/protocol';
import type { Host } from './host.ts';
import type { ClientOptions } from './options.ts';
import { monotonic } from './server-time.ts';

const storageKey = 'danmux.edge';
/** Bounds of a gateway list's lifetime. */
const minTtlMs = 1_000;
const maxTtlMs = 3_600_000;
const defaultTtlMs = 30_000;
const maxAddresses = 10;

export class Edges {
  readonly #gateway: string | undefined;
  readonly #host: Host;
  #urls: readonly string[];
  /** Index of the next of `#urls`. */
  #next = 0;
  #tried = 0;
  #freshUntil = Number.NEGATIVE_INFINITY;

  /** Throws `invalid_request` when the options name neither an edge nor a gateway. */
  constructor({ url, gateway }: ClientOptions, host: Host) {
    this.#gateway = gateway;
    this.#host = host;
    this.#urls = url === undefined ? [] : typeof url === 'string' ? [url] : url;
    if (this.#urls.length === 0 && gateway === undefined)
      throw new DanmuxError('invalid_request', { message: 'options.url must name at least one edge, or options.gateway the address of the gateway.' });
    this.#begin(Math.floor(Math.random() * this.#urls.length));
  }

  /** The address to try now; rejects with `unavailable` when no gateway has named one yet. */
  async next(): Promise<string> {
    await this.#refresh();
    const url = this.#urls[this.#next % this.#urls.length];
    if (url === undefined) throw new DanmuxError('unavailable', { message: 'The gateway names no edge.' });
    return url;
  }

  /** The last address failed; the next call of `next` gives another. */
  failed(): void {
    this.#next++;
    this.#tried++;
  }

  /** This address worked. */
  succeeded(url: string): void {
    this.#tried = 0;
    this.#remember(url);
  }

  /** Requests the list again when it expired or all its edges failed. Without an answer the old list stays in use. */
  async #refresh(): Promise<void> {
    if (this.#gateway === undefined || !this.#host.getJson) return;
    const allFailed = this.#tried >= this.#urls.length;
    if (!allFailed && monotonic() < this.#freshUntil) return;
    try {
      const { urls, ttlMs } = listOf(await this.#host.getJson(this.#gateway));
      this.#freshUntil = monotonic() + ttlMs;
      this.#tried = 0;
      if (urls.join() === this.#urls.join()) return;
      this.#urls = urls;
      // The gateway lists the best edge first.
      this.#begin(0);
    } catch (error) {
      if (this.#urls.length === 0) throw new DanmuxError('unavailable', { message: `options.gateway gave no edges: ${String(error)}`, cause: error });
    }
  }

  #begin(first: number): void {
    const last = this.#urls.indexOf(this.#remembered() ?? '');
    this.#next = last < 0 ? first : last;
  }

  #remembered(): string | null {
    try {
      return this.#host.storage?.getItem(storageKey) ?? null;
    } catch {
      // A browser may refuse storage to a page; only a better first choice is lost.
      return null;
    }
  }

  #remember(url: string): void {
    try {
      if (this.#urls.length > 1 && this.#remembered() !== url) this.#host.storage?.setItem(storageKey, url);
    } catch {
      // See above.
    }
  }
}

/** Parses the reply of `GET /v1/gateway`, `{edges: [{url}], ttl_ms}`; throws on anything else. */
function listOf(answer: unknown): { urls: string[]; ttlMs: number } {
  const { edges, ttl_ms } = (answer ?? {}) as { edges?: unknown; ttl_ms?: unknown };
  const urls = Array.isArray(edges) ? edges.flatMap((edge: unknown) => urlOf(edge)).slice(0, maxAddresses) : [];
  if (urls.length === 0) throw new Error('no edges in the answer');
  const ttl = typeof ttl_ms === 'number' ? ttl_ms : defaultTtlMs;
  return { urls, ttlMs: Math.min(maxTtlMs, Math.max(minTtlMs, ttl)) };
}

function urlOf(edge: unknown): string[] {
  const url = typeof edge === 'string' ? edge : (edge as { url?: unknown } | null)?.url;
  return typeof url === 'string' && /^(https?|wss?):\/\//.test(url) ? [url] : [];
}
