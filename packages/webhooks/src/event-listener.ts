// Subscribes to the notifications of appends to the event log, and calls back with the shards that were notified within a short time. The
// periodic sweep finds appends whose notification was lost.
import type { EventLog } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

/** Notifications within this time are batched. */
const gatherMs = 200;
const againMs = 1_000;

/** Tells a consumer of the event log which shards have new events. A notification may be lost, so the consumer must also check periodically. */
export class EventListener {
  readonly #runtime: Runtime;
  readonly #events: EventLog;
  readonly #rung: (shards: readonly number[]) => Promise<void>;
  readonly #shards = new Set<number>();
  #listening: { close(): Promise<void> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(runtime: Runtime, events: EventLog, rung: (shards: readonly number[]) => Promise<void>) {
    this.#runtime = runtime;
    this.#events = events;
    this.#rung = rung;
  }

  /** Resolves also while the store is unreachable, and subscribes as soon as possible. */
  async start(): Promise<void> {
    this.#stopped = false;
    await this.#listen();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#again);
    await this.#listening?.close();
    this.#listening = undefined;
  }

  async #listen(): Promise<void> {
    try {
      const listening = await this.#events.listen((shard) => this.#ring(shard));
      if (this.#stopped) await listening.close();
      else this.#listening = listening;
    } catch (error) {
      this.#caught(error, 'cannot subscribe to event notifications; the sweep finds new events');
      if (!this.#stopped) this.#again = setTimeout(() => void this.#listen(), againMs);
    }
  }

  #ring(shard: number): void {
    if (this.#stopped) return;
    if (this.#shards.size === 0) this.#timer = setTimeout(() => void this.#ask(), gatherMs);
    this.#shards.add(shard);
  }

  async #ask(): Promise<void> {
    const shards = [...this.#shards];
    this.#shards.clear();
    try {
      await this.#rung(shards);
    } catch (error) {
      this.#caught(error, 'an event notification was lost; the sweep finds the event');
    }
  }

  #caught(error: unknown, message: string): void {
    this.#runtime.caught('bells', error, message, { level: 'debug' });
  }
}
