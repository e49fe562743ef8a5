// Tracks problems that do not stop this process from serving, such as a clock that differs from the store's or a Redis eviction policy
// that can lose messages. The start and the end of each problem are logged once. While a problem lasts, /readyz lists it without failing
// because of it, and the gauge danmux_degraded{code} is 1. Health decides whether the process is ready.
import type { Gauge } from 'prom-client';
import type { Logger } from './logger.ts';

/** A problem that does not stop the process from serving. */
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

  /** Adds the problem, or updates its text when it is already listed. Only adding it is logged, with `fields`. */
  set(code: string, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const began = !this.#states.has(code);
    this.#states.set(code, text);
    if (!began) return;
    this.#gauge?.set({ code }, 1);
    this.#log?.warn({ ...fields, code, text }, 'degraded');
  }

  /** Removes the problem and logs its end; does nothing when the problem is not listed. */
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
