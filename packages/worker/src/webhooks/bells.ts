// Hears that something was appended to the event log and asks for work, for all shards that rang within a moment at once. What it
// misses the sweep finds.
import type { EventLog } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';

/** What follows within so long is put together, in the work and in what is sent. */
const gatherMs = 200;

export class Bells {
  readonly #runtime: Runtime;
  readonly #events: EventLog;
  readonly #rung: (shards: readonly number[]) => Promise<void>;
  readonly #shards = new Set<number>();
  #listening: { close(): Promise<void> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(runtime: Runtime, events: EventLog, rung: (shards: readonly number[]) => Promise<void>) {
    this.#runtime = runtime;
    this.#events = events;
    this.#rung = rung;
  }

  async start(): Promise<void> {
    this.#stopped = false;
    this.#listening = await this.#events.listen((shard) => this.#ring(shard));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#listening?.close();
    this.#listening = undefined;
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
      this.#runtime.metrics.caught.inc({ where: 'bells' });
      this.#runtime.log.debug({ err: error }, 'a bell was lost; the sweep makes up for it');
    }
  }
}
