// Chooses the edge to connect to, from the application's addresses or from the gateway's list, which is sorted best first. The edge that accepted
// this viewer last is tried first; it is stored in the browser for the next visit.
import { DanmuxError } from '@danmux/protocol';
import type { Host } from './host.ts';
import type { ClientOptions } from './options.ts';
import { monotonic } from './server-time.ts';

const storageKey = 'danmux.edge';
/** Bounds of the TTL of a gateway's list. */
const minTtlMs = 1_000;
const maxTtlMs = 3_600_000;
const defaultTtlMs = 30_000;
const maxAddresses = 10;

export class Edges {
  readonly #gateway: string | undefined;
  readonly #host: Host;
  #urls: readonly string[];
  /** Index in `#urls` of the address to try, modulo the length. */
  #next = 0;
  #tried = 0;
  #freshUntil = Number.NEGATIVE_INFINITY;

  /** Throws `invalid_request` when the options name neither an edge nor a gateway. */
  constructor({ url, gateway }: ClientOptions, host: Host) {
    this.#gateway = gateway;
    this.#host = host;
    this.#urls = url === undefined ? [] : typeof url === 'string' ? [url] : url;
    if (this.#urls.length === 0 && gateway === undefined)
      throw new DanmuxError('invalid_request', {
        message: 'Set options.url to the address of at least one edge, or options.gateway to the address of the gateway.',
      });
    this.#begin(Math.floor(Math.random() * this.#urls.length));
  }

  /** Resolves with the address to try. Rejects with `unavailable` while there is none: no option `url`, and no list received from the gateway. */
  async next(): Promise<string> {
    await this.#refresh();
    const url = this.#urls[this.#next % this.#urls.length];
    if (url === undefined) throw new DanmuxError('unavailable', { message: 'The gateway listed no edge.' });
    return url;
  }

  /** True when all other addresses of the list have failed since the last success. */
  get isLast(): boolean {
    return this.#tried + 1 >= this.#urls.length;
  }

  /** Records that the last address failed: `next` then returns the following address of the list. */
  failed(): void {
    this.#next++;
    this.#tried++;
  }

  /** Records that this edge accepted the connection, and stores it as the first choice. */
  succeeded(url: string): void {
    this.#tried = 0;
    this.#remember(url);
  }

  /** Requests the gateway's list again after its TTL or when all its edges failed. When the request fails, the previous list stays in use. */
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
      if (this.#urls.length === 0) throw new DanmuxError('unavailable', { message: `No edges from options.gateway: ${String(error)}`, cause: error });
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
      // The browser may deny storage to a page; then the first edge is chosen as on a first visit.
      return null;
    }
  }

  #remember(url: string): void {
    try {
      if (this.#urls.length > 1 && this.#remembered() !== url) this.#host.storage?.setItem(storageKey, url);
    } catch {
      // The browser may deny storage to a page; then the next visit starts without a stored edge.
    }
  }
}

/** Parses the reply of `GET /v1/gateway`, `{edges: [{url}], ttl_ms}` (`ttl_ms` defaults to 30,000); throws when it lists no valid address. */
function listOf(answer: unknown): { urls: string[]; ttlMs: number } {
  const { edges, ttl_ms } = (answer ?? {}) as { edges?: unknown; ttl_ms?: unknown };
  const urls = Array.isArray(edges) ? edges.flatMap((edge: unknown) => urlOf(edge)).slice(0, maxAddresses) : [];
  if (urls.length === 0) throw new Error('the reply lists no edge with an http, https, ws or wss address');
  const ttl = typeof ttl_ms === 'number' ? ttl_ms : defaultTtlMs;
  return { urls, ttlMs: Math.min(maxTtlMs, Math.max(minTtlMs, ttl)) };
}

function urlOf(edge: unknown): string[] {
  const url = typeof edge === 'string' ? edge : (edge as { url?: unknown } | null)?.url;
  return typeof url === 'string' && /^(https?|wss?):\/\//.test(url) ? [url] : [];
}
