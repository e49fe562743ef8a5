// Computes the delay before a reconnect: short after an outage, longer while the server refuses the connection, because a refusal
// rarely ends without an operator.
import { backoffMs } from '@danmux/runtime';

/** A refusal that comes more than this many milliseconds after the previous one starts a new series. */
const sameCauseMs = 15_000;

export class ReconnectPace {
  #refusals = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** Call when the server refused the connection, or a command without which the connection is of no use. */
  refused(now = performance.now()): void {
    this.#refusals = now - this.#at > sameCauseMs ? 1 : this.#refusals + 1;
    this.#at = now;
  }

  /** Milliseconds to wait; `attempt` counts the attempts since the connection was last open. */
  delayMs(attempt: number, now = performance.now()): number {
    if (now - this.#at > sameCauseMs) return backoffMs(attempt, { baseMs: 50, maxMs: 1_000 });
    return backoffMs(Math.max(attempt, this.#refusals), { baseMs: 50, maxMs: 5_000 });
  }
}
