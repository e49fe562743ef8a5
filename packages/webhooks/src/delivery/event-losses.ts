// Counts the events that a target loses at the cap of the event log. Logs the beginning and the end of a loss with the number of lost events.
// Detecting losses happens elsewhere.
import type { Runtime } from '@danmux/runtime';

/** A loss is over when no event was lost for this long. */
const quietMs = 10_000;
const code = 'webhook_events_lost';

interface Loss {
  readonly since: number;
  last: number;
  count: number;
}

export class EventLosses {
  readonly #runtime: Runtime;
  readonly #losses = new Map<string, Loss>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  lost(target: string, count: number): void {
    const now = this.#runtime.clock.now();
    this.#runtime.metrics.webhookDropped.inc({ target }, count);
    const loss = this.#losses.get(target);
    if (loss) {
      loss.count += count;
      loss.last = now;
      return;
    }
    this.#losses.set(target, { since: now, last: now, count });
    this.#runtime.log.warn({ target, lost: count }, 'a webhook target is losing events because the event log is full');
    const { log_events } = this.#runtime.config.webhooks;
    const text = `A shard's event log is full (webhooks.log_events: ${log_events}), so webhook targets lose events: see GET /v1/webhooks.`;
    this.#runtime.degraded.set(code, text);
  }

  /** Logs the end of losses that are over. Call it periodically. */
  tick(): void {
    const now = this.#runtime.clock.now();
    for (const [target, { since, last, count }] of this.#losses) if (now - last >= quietMs) this.#end(target, { since, last, count });
  }

  stop(): void {
    for (const [target, loss] of this.#losses) this.#end(target, loss);
  }

  #end(target: string, { since, last, count }: Loss): void {
    this.#losses.delete(target);
    this.#runtime.log.warn({ target, lost: count, lasted_ms: last - since }, 'a webhook target no longer loses events');
    if (this.#losses.size === 0) this.#runtime.degraded.clear(code);
  }
}
