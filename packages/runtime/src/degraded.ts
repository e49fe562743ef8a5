// What is wrong with this process while it still serves: a refused command that serving does not need, a clock that differs, an
// eviction policy that loses messages. Each state has a code; its begin and its end are logged once, /readyz lists it with status
// 200, and the gauge danmux_degraded{code} is 1 while it lasts. It decides nothing about readiness: that is Health's.
import type { Gauge } from 'prom-client';
import type { Logger } from './logger.ts';

export interface Degradation {
  /** snake_case and from a fixed set, since it is a label of a metric: `clock_skew`, `redis_refused`, … */
  readonly code: string;
  /** One sentence for an operator: what is wrong and what to do. */
  readonly text: string;
}

export class Degraded {
  readonly #log: Pick<Logger, 'info' | 'warn'> | undefined;
  readonly #gauge: Pick<Gauge, 'set'> | undefined;
  readonly #states = new Map<string, string>();

  constructor(log?: Pick<Logger, 'info' | 'warn'>, gauge?: Pick<Gauge, 'set'>) {
    this.#log = log;
    this.#gauge = gauge;
  }

  /** Begins the state, or changes its text; only the begin is logged, with `fields`. */
  set(code: string, text: string, fields: Readonly<Record<string, unknown>> = {}): void {
    const began = !this.#states.has(code);
    this.#states.set(code, text);
    if (!began) return;
    this.#gauge?.set({ code }, 1);
    this.#log?.warn({ ...fields, code, text }, 'degraded');
  }

  /** Ends the state; nothing happens when it had not begun. */
  clear(code: string): void {
    if (!this.#states.delete(code)) return;
    this.#gauge?.set({ code }, 0);
    this.#log?.info({ code }, 'no longer degraded');
  }

  /** The states of now, in the order they began. */
  get list(): readonly Degradation[] {
    return [...this.#states].map(([code, text]) => ({ code, text }));
  }
}
