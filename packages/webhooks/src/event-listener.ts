// Hears that something was appended to the event log and asks for work, for all shards that rang within a moment at once. What it
// misses the sweep finds.
import type { EventLog } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

/** What follows within so long is put together, in the work and in what is sent. */
const gatherMs = 200;
const againMs = 1_000;

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

  /** Resolves also while the store is away: it listens as soon as it can. */
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
      this.#caught(error, 'bells are not heard yet; the sweep makes up for it');
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
      this.#caught(error, 'a bell was lost; the sweep makes up for it');
    }
  }

  #caught(error: unknown, message: string): void {
    this.#runtime.caught('bells', error, message, { level: 'debug' });
  }
}
