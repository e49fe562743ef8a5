// A clock that shows the time of the store, which is the common time of the cluster. It estimates that time from samples and the monotonic
// clock, so a step of the machine's clock changes only `skewMs`. Before the first sample, and always on the memory engine, it shows the
// time of the machine.
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
/** Largest lead over the store's clock that is slewed. A larger lead means that the store's clock was set back; this clock then steps back too. */
const longestSlewMs = 10_000;

/** Difference between the store's clock and the monotonic clock; accurate within `errorMs` at the time `at`. */
interface Estimate {
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly at: number;
}

/** The cluster's time. It can step back at the first sample; later only when the store's clock was set back by more than ten seconds. */
export class ClusterClock implements Clock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #estimate: Estimate | undefined;
  /** How far this clock was ahead of the store's at the monotonic time `since`; slewing reduces the lead to 0. */
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
   * Adds a sample; its error is half the round trip. A sample that is at least as accurate as the current estimate, or contradicts it, becomes
   * the new estimate. If the new estimate is later, the clock steps forward. If it is earlier, the clock runs slower until both agree, or
   * steps back when the difference is more than ten seconds.
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
