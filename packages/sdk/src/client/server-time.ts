// The server's time as a page knows it: learnt at each join, carried on by the monotonic clock. The page's own clock may be wrong or
// be set while it is open; nothing of a room is judged by it.
import type { Msg } from '@danmux/protocol';

export interface TimeSources {
  readonly wall: () => number;
  readonly monotonic: () => number;
}

/** Milliseconds that nobody sets; some hosts have no such clock, and go by their own. */
export function monotonic(): number {
  return (globalThis as { performance?: Pick<Performance, 'now'> }).performance?.now() ?? Date.now();
}

const ownSources: TimeSources = { wall: () => Date.now(), monotonic };
/** Both clocks of a page go alike; when they part by more, one was set, or the page slept. */
const steadyMs = 1_000;

export class ServerTime {
  readonly #sources: TimeSources;
  /** When a message came that was sent while this client was there, on the monotonic clock. */
  readonly #arrivals = new WeakMap<Msg, number>();
  #offsetMs: number | undefined;
  #errorMs = Number.POSITIVE_INFINITY;
  /** How far the page's clock was from the monotonic one when the time was learnt. */
  #apartMs = 0;

  constructor(sources = ownSources) {
    this.#sources = sources;
  }

  /** Milliseconds since 1970; by the page's clock until a server told. */
  now(): number {
    return this.#offsetMs === undefined ? this.#sources.wall() : Math.round(this.#sources.monotonic() + this.#offsetMs);
  }

  /** On the clock that `learn` is given. */
  monotonic(): number {
    return this.#sources.monotonic();
  }

  /** What is known counts for less than any answer: after a reconnect. */
  doubt(): void {
    this.#errorMs = Number.POSITIVE_INFINITY;
  }

  /** The page's clock was set, or the page slept and its monotonic clock with it: asking again tells. */
  get doubtful(): boolean {
    return this.#offsetMs !== undefined && Math.abs(this.#apart() - this.#apartMs) > steadyMs;
  }

  /** A server said `time` in an answer to what was asked at `asked`. The quickest answer of a connection counts. */
  learn(time: number, asked: number): void {
    const answered = this.#sources.monotonic();
    const errorMs = (answered - asked) / 2;
    if (errorMs > this.#errorMs && !this.doubtful) return;
    this.#offsetMs = time - (asked + answered) / 2;
    this.#errorMs = errorMs;
    this.#apartMs = this.#apart();
  }

  /** It was sent to us as it happened, whatever its `ts` says. */
  arrived(msg: Msg): void {
    this.#arrivals.set(msg, this.#sources.monotonic());
  }

  /** Since it came, when it came as it happened; of what came before us since its `ts`. */
  ageMs(msg: Msg): number {
    const arrived = this.#arrivals.get(msg);
    return arrived === undefined ? this.now() - msg.ts : this.#sources.monotonic() - arrived;
  }

  #apart(): number {
    return this.#sources.wall() - this.#sources.monotonic();
  }
}
