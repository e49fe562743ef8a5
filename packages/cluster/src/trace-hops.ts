// Records the hops of traced messages in this process. It never delays a message: hops are buffered and written a few times a second, with a
// rate limit. Hops over the limit, or that cannot be stored, are dropped and counted.
import { acceptedAt, type Bus, isTraced, isUserRoom, type Publication, type TracedHop } from '@danmux/bus';
import { type Part, Periodic, type Runtime, TokenBucket } from '@danmux/runtime';

/** Maximum number of hops that one process records per minute, so that many traced gifts on 50 edges do not flood the store. */
const perMinute = 3_000;
const burst = 100;
const writeEveryMs = 250;
const failure = { where: 'hops', message: 'could not store hops of traced messages' };

/**
 * Buffers the hops of traced messages and writes them in batches. Hops over the rate limit, and hops that cannot be stored, are dropped. No message
 * waits for them.
 */
export class TraceHops implements Part {
  readonly name = 'hops';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'traces'>;
  readonly #node: string;
  readonly #allowed: TokenBucket;
  /** Buffered hops, at most `burst` of them. */
  #waiting: TracedHop[] = [];
  readonly #writing: Periodic;

  /** `node` is the member id of this process. */
  constructor(runtime: Runtime, bus: Pick<Bus, 'traces'>, node: string) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#node = node;
    // `ref: false`, so that the timer does not keep a process alive after a failed start.
    this.#writing = new Periodic(runtime, { everyMs: writeEveryMs, ...failure, level: 'debug', ref: false }, () => this.#write());
    this.#allowed = new TokenBucket(perMinute, burst, performance.now());
  }

  async start(): Promise<void> {
    this.#writing.start();
  }

  /** Writes the buffered hops if the store answers. */
  async stop(): Promise<void> {
    await this.#writing.stop();
    await this.#write();
  }

  /** Messages to single users are not traced, because API keys must not see personal rooms. */
  add(hop: Omit<TracedHop, 'node' | 'at'> & { readonly at?: number }): void {
    if (isUserRoom(hop.room)) return;
    if (this.#waiting.length >= burst || this.#allowed.take(performance.now()) > 0) {
      this.#runtime.metrics.hopsDropped.inc();
      return;
    }
    this.#waiting.push({ at: this.#runtime.clock.now(), ...hop, node: this.#node });
  }

  /** Records that a publication was stored in the ingress; does nothing for an untraced one. */
  stored(publication: Publication): void {
    if (!isTraced(publication)) return;
    const { room, id, trace } = publication;
    this.add({ room, id, trace, hop: 'accepted', at: acceptedAt(publication) });
    this.add({ room, id, trace, hop: 'stored' });
  }

  async #write(): Promise<void> {
    const hops = this.#waiting;
    if (hops.length === 0) return;
    this.#waiting = [];
    try {
      await this.#bus.traces.add(hops);
    } catch (error) {
      this.#runtime.metrics.hopsDropped.inc(hops.length);
      this.#runtime.caught(failure.where, error, failure.message, { level: 'debug' });
    }
  }
}
