// The cluster's time as this process knows it: the store's clock, learnt from samples and carried on by the monotonic clock. A step
// of the machine's own clock changes nothing; only `skewMs` shows it. Until the first sample, and on the memory engine for ever, the
// machine's clock is the time.
import type { Clock } from './clock.ts';

/** One question to the store for its time. */
export interface TimeSample {
  /** The store's answer, milliseconds since 1970. */
  readonly time: number;
  /** When it was asked and when it had answered, on the monotonic clock. */
  readonly asked: number;
  readonly answered: number;
}

export interface ClusterClockSources {
  /** The machine's clock, milliseconds since 1970. */
  readonly wall?: () => number;
  readonly monotonic?: () => number;
}

/** How fast two good clocks part, in milliseconds per millisecond: the bound of an old sample widens so. */
const drift = 2e-4;
/** While its time is ahead of the store's, the clock runs at half speed. */
const slewRate = 0.5;
/** More than this is not slewed, it would take too long: the store's own clock was set back, and this one follows. */
const longestSlewMs = 10_000;

/** The store's time less the monotonic clock's, known within `errorMs` when it was learnt. */
interface Estimate {
  readonly offsetMs: number;
  readonly errorMs: number;
  readonly at: number;
}

export class ClusterClock implements Clock {
  readonly #wall: () => number;
  readonly #monotonic: () => number;
  #estimate: Estimate | undefined;
  /** How far this clock was ahead of the store's at `since`; it is slewed away. */
  #ahead = { ms: 0, since: 0 };

  constructor({ wall = () => Date.now(), monotonic = () => performance.now() }: ClusterClockSources = {}) {
    this.#wall = wall;
    this.#monotonic = monotonic;
  }

  now(): number {
    return Math.floor(this.#exact());
  }

  /** A store was asked, so that its clock is followed. */
  get learnt(): boolean {
    return this.#estimate !== undefined;
  }

  /** How far the machine's clock is ahead of the store's (behind it: negative), milliseconds; 0 before the first sample. */
  get skewMs(): number {
    return this.#estimate ? this.#wall() - (this.#monotonic() + this.#estimate.offsetMs) : 0;
  }

  /** By how much `skewMs` may be wrong. */
  get errorMs(): number {
    return this.#estimate ? this.#estimate.errorMs + (this.#monotonic() - this.#estimate.at) * drift : 0;
  }

  /**
   * Takes a sample; its error is half its round trip. It counts when it is better than what is known, or proves it wrong. The clock
   * then jumps forth at most; back it goes slowly, unless the store's own clock was set back by more than some seconds.
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
