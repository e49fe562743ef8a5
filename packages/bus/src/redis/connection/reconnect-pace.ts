// How long to wait before a connection is opened again: quickly after an outage, slower while the server refuses the connection,
// since that seldom ends by itself.
import { backoffMs } from '@danmux/runtime';

/** Refusals that lie further apart are not of one cause. */
const sameCauseMs = 15_000;

export class ReconnectPace {
  #refusals = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** The server refused the connection, or it is of no use. */
  refused(now = performance.now()): void {
    this.#refusals = now - this.#at > sameCauseMs ? 1 : this.#refusals + 1;
    this.#at = now;
  }

  /** `attempt` counts the tries since the connection last stood. */
  delayMs(attempt: number, now = performance.now()): number {
    if (now - this.#at > sameCauseMs) return backoffMs(attempt, { baseMs: 50, maxMs: 1_000 });
    return backoffMs(Math.max(attempt, this.#refusals), { baseMs: 50, maxMs: 5_000 });
  }
}
