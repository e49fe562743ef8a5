// Keeps from asking who does not answer: after some failures in a row it is asked no more but for a probe now and then, until one
// succeeds. It measures nothing and asks nobody itself.
import type { Clock } from '@danmux/runtime';

export interface CircuitOptions {
  readonly failures: number;
  readonly probeEveryMs: number;
}

export class Circuit {
  readonly #clock: Clock;
  readonly #options: CircuitOptions;
  #failed = 0;
  #probedAt = 0;

  constructor(clock: Clock, options: CircuitOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  get open(): boolean {
    return this.#failed >= this.#options.failures;
  }

  /** True of a question that may be asked; while it is open, of the one that is the probe. */
  mayAsk(): boolean {
    if (!this.open) return true;
    const since = this.#clock.now() - this.#probedAt;
    // A clock that was set back must not put the probe off.
    if (since >= 0 && since < this.#options.probeEveryMs) return false;
    this.#probedAt = this.#clock.now();
    return true;
  }

  /** True when this closed it. */
  succeeded(): boolean {
    const closes = this.open;
    this.#failed = 0;
    return closes;
  }

  /** True when this opened it. */
  failed(): boolean {
    this.#failed++;
    const opens = this.#failed === this.#options.failures;
    if (opens) this.#probedAt = this.#clock.now();
    return opens;
  }
}
