// Which edge to try next: of the addresses the application gave, or of those a gateway names, best first. The one that last let this
// viewer in is tried before the others, also on the next visit.
import { DanmuxError } from '@danmux/protocol';
import type { Host } from './host.ts';
import type { ClientOptions } from './options.ts';
import { monotonic } from './server-time.ts';

const storageKey = 'danmux.edge';
/** A gateway's list is asked for again no sooner than this, and no later than an hour. */
const minTtlMs = 1_000;
const maxTtlMs = 3_600_000;
const defaultTtlMs = 30_000;
const addressesAtMost = 10;

export class Edges {
  readonly #gateway: string | undefined;
  readonly #host: Host;
  #urls: readonly string[];
  /** The next of `#urls`. */
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

  /** The last one did not take us. */
  failed(): void {
    this.#next++;
    this.#tried++;
  }

  /** This one did. */
  succeeded(url: string): void {
    this.#tried = 0;
    this.#keep(url);
  }

  /** A list that is old, or of which none took us, is asked for again; without an answer it still counts. */
  async #refresh(): Promise<void> {
    if (this.#gateway === undefined || !this.#host.getJson) return;
    const used = this.#tried >= this.#urls.length;
    if (!used && monotonic() < this.#freshUntil) return;
    try {
      const { urls, ttlMs } = listOf(await this.#host.getJson(this.#gateway));
      this.#freshUntil = monotonic() + ttlMs;
      this.#tried = 0;
      if (urls.join() === this.#urls.join()) return;
      this.#urls = urls;
      // Best first, as the gateway said.
      this.#begin(0);
    } catch (error) {
      if (this.#urls.length === 0) throw new DanmuxError('unavailable', { message: `options.gateway gave no edges: ${String(error)}`, cause: error });
    }
  }

  #begin(first: number): void {
    const last = this.#urls.indexOf(this.#kept() ?? '');
    this.#next = last < 0 ? first : last;
  }

  #kept(): string | null {
    try {
      return this.#host.storage?.getItem(storageKey) ?? null;
    } catch {
      // A page may be refused its storage; nothing but a better first guess is lost.
      return null;
    }
  }

  #keep(url: string): void {
    try {
      if (this.#urls.length > 1 && this.#kept() !== url) this.#host.storage?.setItem(storageKey, url);
    } catch {
      // As above.
    }
  }
}

/** `{edges: [{url}], ttl_ms}` as `GET /v1/gateway` answers it; throws on anything else. */
function listOf(answer: unknown): { urls: string[]; ttlMs: number } {
  const { edges, ttl_ms } = (answer ?? {}) as { edges?: unknown; ttl_ms?: unknown };
  const urls = Array.isArray(edges) ? edges.flatMap((edge: unknown) => urlOf(edge)).slice(0, addressesAtMost) : [];
  if (urls.length === 0) throw new Error('no edges in the answer');
  const ttl = typeof ttl_ms === 'number' ? ttl_ms : defaultTtlMs;
  return { urls, ttlMs: Math.min(maxTtlMs, Math.max(minTtlMs, ttl)) };
}

function urlOf(edge: unknown): string[] {
  const url = typeof edge === 'string' ? edge : (edge as { url?: unknown } | null)?.url;
  return typeof url === 'string' && /^(https?|wss?):\/\//.test(url) ? [url] : [];
}
