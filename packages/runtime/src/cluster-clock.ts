// Estimates the store's clock, which is the common time of the cluster, from samples and the monotonic clock. A step of the machine's
// clock changes only `skewMs`. Before the first sample, and always on the memory engine, it returns the machine's clock.
import type { Clock } from './clock.ts';

/** One request for the store's time, with its round trip. */
export interface TimeSample {
  /** Time of the store, milliseconds since 1970. */
  readonly time: number;
  /** Start of the request, on the monotonic clock. */
  readonly asked: number;
  /** Arrival of the reply, on the monotonic clock. */
  readonly answered: number;
}

/** The clocks of this machine; tests replace them. */
export interface ClusterClockSources {
  /** Wall clock, milliseconds since 1970. */
  readonly wall?: () => number;
  /** Monotonic clock, milliseconds. */
  readonly monotonic?: () => number;
}

/** Maximum drift between two healthy clocks (200 ppm), in milliseconds per millisecond. The error bound of a sample grows at this rate. */
const drift = 2e-4;
/** While this clock is ahead of the store's, it runs at half speed until both agree. */
const slewRate = 0.5;
/** A larger lead means that the store's clock was set back. Slewing would take too long, so this clock steps back too. */
const longestSlewMs = 10_000;

/** Difference between the store's clock and the monotonic clock; accurate within `errorMs` at the time `at`. */
interface Estimate {
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly at: number;
}

/** The cluster's time. It moves backwards only when the store's clock was set back by more than ten seconds. */
export class ClusterClock implements Clock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #estimate: Estimate | undefined;
  /** Lead of this clock over the store's at `since`; slewing reduces it to 0. */
  #ahead = { ms: 0, since: 0 };

  constructor({ wall = () => Date.now(), monotonic = () => performance.now() }: ClusterClockSources = {}) {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  now(): number {
    return Math.floor(this.#exact());
  }

  /** True after the first sample. */
  get learnt(): boolean {
    return this.#estimate !== undefined;
  }

  /** Lead of the machine's clock over the store's in milliseconds, negative when behind; 0 before the first sample. */
  get skewMs(): number {
    return this.#estimate ? this.#wall() - (this.#monotonic() + this.#estimate.offsetMs) : 0;
  }

  /** Maximum error of `skewMs`, milliseconds. */
  get errorMs(): number {
    return this.#estimate ? this.#estimate.errorMs + (this.#monotonic() - this.#estimate.at) * drift : 0;
  }

  /**
   * Adds a sample, whose error is half its round trip. It replaces the estimate when it is more accurate or contradicts it. If the new
   * estimate is later, the clock steps forward; if it is earlier, the clock slows down, or steps back beyond ten seconds.
   */
  learn({ time, asked, answered }: TimeSample): void {
    const sample = { offsetMs: time - (asked + answered) / 2, errorMs: (answered - asked) / 2, at: answered };
    const known = this.#estimate;
    if (!known) {
      this.#estimate = sample;
      return;
    }
    const disagrees = Math.abs(sample.offsetMs - known.offsetMs) > sample.errorMs + this.errorMs;
    if (!disagrees && sample.errorMs > this.errorMs) return;
    const before = this.#exact();
    this.#estimate = sample;
    const since = this.#monotonic();
    const ms = before - (since + sample.offsetMs);
    this.#ahead = { ms: ms > longestSlewMs ? 0 : Math.max(0, ms), since };
  }

  #exact(): number {
    if (!this.#estimate) return this.#wall();
    const monotonic = this.#monotonic();
    const { ms, since } = this.#ahead;
    return monotonic + this.#estimate.offsetMs + Math.max(0, ms - (monotonic - since) * slewRate);
  }
}
