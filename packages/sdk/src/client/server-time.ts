// The server's time in the page: learned at each join, continued by the monotonic clock. The page's clock may be wrong or change while
// the page is open, so nothing is judged by it.
import type { Msg } from '@danmux/protocol';

export interface TimeSources {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

/** Milliseconds that nobody can set; hosts without performance.now use the wall clock. */
export function monotonic(): number {
  return (globalThis as { performance?: Pick<Performance, 'now'> }).performance?.now() ?? Date.now();
}

const systemClocks: TimeSources = { wall: () => Date.now(), monotonic };
/** Both clocks of a page run alike; a larger difference means that one was set or the page slept. */
const steadyMs = 1_000;

export class ServerTime {
  readonly #sources: TimeSources;
  /** Arrival of each live message, on the monotonic clock. */
  readonly #arrivals = new WeakMap<Msg, number>();
  #offsetMs: number | undefined;
  #errorMs = Number.POSITIVE_INFINITY;
  /** Difference of wall and monotonic clock when the time was learned. */
  #apartMs = 0;

  constructor(sources = systemClocks) {
    this.#sources = sources;
  }

  /** Milliseconds since 1970; by the page's clock until the first join. */
  now(): number {
    return this.#offsetMs === undefined ? this.#sources.wall() : Math.round(this.#sources.monotonic() + this.#offsetMs);
  }

  /** The clock of `learn`'s second argument. */
  monotonic(): number {
    return this.#sources.monotonic();
  }

  /** After a reconnect any answer replaces the learned time. */
  doubt(): void {
    this.#errorMs = Number.POSITIVE_INFINITY;
  }

  /** The page's clock was set, or the page and its monotonic clock slept: learn the time again. */
  get doubtful(): boolean {
    return this.#offsetMs !== undefined && Math.abs(this.#apart() - this.#apartMs) > steadyMs;
  }

  /** The server's `time` in the answer to a request sent at `requestedAt`. The fastest answer of a connection counts. */
  learn(time: number, requestedAt: number): void {
    const answered = this.#sources.monotonic();
    const errorMs = (answered - requestedAt) / 2;
    if (errorMs > this.#errorMs && !this.doubtful) return;
    this.#offsetMs = time - (requestedAt + answered) / 2;
    this.#errorMs = errorMs;
    this.#apartMs = this.#apart();
  }

  /** The message was sent live, whatever its `ts`. */
  arrived(msg: Msg): void {
    this.#arrivals.set(msg, this.#sources.monotonic());
  }

  /** A live message: time since its arrival; an older one: time since its `ts`. */
  ageMs(msg: Msg): number {
    const arrived = this.#arrivals.get(msg);
    return arrived === undefined ? this.now() - msg.ts : this.#sources.monotonic() - arrived;
  }

  #apart(): number {
    return this.#sources.wall() - this.#sources.monotonic();
  }
}
