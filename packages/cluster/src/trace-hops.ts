// What this process tells of the traced messages that pass through it. It never makes a message wait: hops are gathered and written a
// few times a second, at most so many a second, and what is more, or cannot be stored, is counted and not told.
import { acceptedAt, type Bus, isTraced, isUserRoom, type Publication, type TracedHop } from '@danmux/bus';
import { type Part, Periodic, type Runtime, TokenBucket } from '@danmux/runtime';

/** A gift storm must not become a storm of traces: of 50 edges each writes so many at most. */
const perMinute = 3_000;
const burst = 100;
const writeEveryMs = 250;
const failure = { where: 'hops', message: 'could not store hops of traced messages' };

export class TraceHops implements Part {
  readonly name = 'hops';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'traces'>;
  readonly #node: string;
  readonly #allowed: TokenBucket;
  /** Not more than the bucket gives while a write is under way. */
  #waiting: TracedHop[] = [];
  readonly #writing: Periodic;

  /** `node` is the process's id among the members. */
  constructor(runtime: Runtime, bus: Pick<Bus, 'traces'>, node: string) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#node = node;
    // Not ref'd: a process whose start failed is not kept alive by it.
    this.#writing = new Periodic(runtime, { everyMs: writeEveryMs, ...failure, level: 'debug', ref: false }, () => this.#write());
    this.#allowed = new TokenBucket(perMinute, burst, performance.now());
  }

  async start(): Promise<void> {
    this.#writing.start();
  }

  /** What is left is told, if the store answers. */
  async stop(): Promise<void> {
    await this.#writing.stop();
    await this.#write();
  }

  /** Messages to users are not traced: their rooms are not a key's to see. */
  add(hop: Omit<TracedHop, 'node' | 'at'> & { readonly at?: number }): void {
    if (isUserRoom(hop.room)) return;
    if (this.#waiting.length >= burst || this.#allowed.take(performance.now()) > 0) {
      this.#runtime.metrics.hopsDropped.inc();
      return;
    }
    this.#waiting.push({ at: this.#runtime.clock.now(), ...hop, node: this.#node });
  }

  /** A publication that is stored in its ingress by now; of one that is not traced: nothing. */
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
