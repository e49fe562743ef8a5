// Tracks problems under which this process still serves, such as a clock that differs or an eviction policy that can lose messages.
// The start and end of each problem are logged once, /readyz lists it with status 200, and the gauge danmux_degraded{code} is 1 while it
// lasts. Readiness is decided by Health.
import type { Gauge } from 'prom-client';
import type { Logger } from './logger.ts';

/** A problem under which the process still serves. */
export interface Degradation {
  /** snake_case, from a fixed set because it is a metric label: `clock_skew`, `redis_refused`, … */
  readonly code: string;
  /** Problem and remedy, for an operator. */
  readonly text: string;
}

/** The current problems of this process. */
export class Degraded {
  readonly #log: Pick<Logger, 'info' | 'warn'> | undefined;
  readonly #gauge: Pick<Gauge, 'set'> | undefined;
  readonly #states = new Map<string, string>();

  constructor(log?: Pick<Logger, 'info' | 'warn'>, gauge?: Pick<Gauge, 'set'>) {
    this.#log = log;
    this.#gauge = gauge;
  }

  /** Sets the problem or updates its text. Only the first call is logged, with `fields`. */
  set(code: string, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const began = !this.#states.has(code);
    this.#states.set(code, text);
    if (!began) return;
    this.#gauge?.set({ code }, 1);
    this.#log?.warn({ ...fields, code, text }, 'degraded');
  }

  /** Clears the problem; does nothing when it is not set. */
  clear(code: string): void {
    if (!this.#states.delete(code)) return;
    this.#gauge?.set({ code }, 0);
    this.#log?.info({ code }, 'no longer degraded');
  }

  /** Current problems, oldest first. */
  get list(): readonly Degradation[] {
    return [...this.#states].map(([code, text]) => ({ code, text }));
  }
}
