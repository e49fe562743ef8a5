// A circuit breaker: after several failures in a row it opens and allows only a periodic probe, until a request succeeds. It sends no
// requests; the caller reports their outcomes.
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

  /** True when a request may be sent; while the circuit is open, once per probe interval. */
  maySend(): boolean {
    if (!this.open) return true;
    const since = this.#clock.now() - this.#probedAt;
    // A negative age means the clock was set back; that must not delay the probe.
    if (since >= 0 && since < this.#options.probeEveryMs) return false;
    this.#probedAt = this.#clock.now();
    return true;
  }

  /** Reports a success; returns true when it closed the circuit. */
  succeeded(): boolean {
    const closes = this.open;
    this.#failed = 0;
    return closes;
  }

  /** Reports a failure; returns true when it opened the circuit. */
  failed(): boolean {
    this.#failed++;
    const opens = this.#failed === this.#options.failures;
    if (opens) this.#probedAt = this.#clock.now();
    return opens;
  }
}
