// Estimates the server's time: learned from each join reply and advanced by the monotonic clock. The page's wall clock is used only until the
// first join, because it may be wrong or be set while the page is open.
import type { Msg } from '@danmux/protocol';

export interface TimeSources {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

/** Monotonic time in milliseconds, unaffected by changes of the wall clock; hosts without performance.now use the wall clock. */
export function monotonic(): number {
  return (globalThis as { performance?: Pick<Performance, 'now'> }).performance?.now() ?? Date.now();
}

const systemClocks: TimeSources = { wall: () => Date.now(), monotonic };
/** Milliseconds. When the difference between wall and monotonic clock changes by more than this, the wall clock was set or the device slept. */
const steadyMs = 1_000;

export class ServerTime {
  readonly #sources: TimeSources;
  /** Arrival of each live message, on the monotonic clock. */
  readonly #arrivals = new WeakMap<Msg, number>();
  #offsetMs: number | undefined;
  #errorMs = Number.POSITIVE_INFINITY;
  /** Wall clock minus monotonic clock when the time was learned. */
  #apartMs = 0;

  constructor(sources = systemClocks) {
    this.#sources = sources;
  }

  /** The server's time, milliseconds since 1970; until the first join, the page's wall clock. */
  now(): number {
    return this.#offsetMs === undefined ? this.#sources.wall() : Math.round(this.#sources.monotonic() + this.#offsetMs);
  }

  /** Monotonic time, milliseconds; pass it to `learn` as `requestedAt`. */
  monotonic(): number {
    return this.#sources.monotonic();
  }

  /** Call after a reconnect: the next answer replaces the learned time, however slow it is. */
  doubt(): void {
    this.#errorMs = Number.POSITIVE_INFINITY;
  }

  /** True when the time must be learned again: the wall clock was set, or the monotonic clock stopped while the device slept. */
  get doubtful(): boolean {
    return this.#offsetMs !== undefined && Math.abs(this.#apart() - this.#apartMs) > steadyMs;
  }

  /**
   * Learns the server's time from an answer that contains it (`time`); the request was sent at `requestedAt` on the monotonic clock. Within one
   * connection an answer with a longer round trip is ignored, because its error is larger, unless the learned time is doubtful.
   */
  learn(time: number, requestedAt: number): void {
    const answered = this.#sources.monotonic();
    const errorMs = (answered - requestedAt) / 2;
    if (errorMs > this.#errorMs && !this.doubtful) return;
    this.#offsetMs = time - (requestedAt + answered) / 2;
    this.#errorMs = errorMs;
    this.#apartMs = this.#apart();
  }

  /** Records the arrival of a live message, so that its age does not depend on its `ts`. */
  arrived(msg: Msg): void {
    this.#arrivals.set(msg, this.#sources.monotonic());
  }

  /** Milliseconds since the arrival of a live message, or since the `ts` of a message from history. */
  ageMs(msg: Msg): number {
    const arrived = this.#arrivals.get(msg);
    return arrived === undefined ? this.now() - msg.ts : this.#sources.monotonic() - arrived;
  }

  #apart(): number {
    return this.#sources.wall() - this.#sources.monotonic();
  }
}
