// Trims entries from the event log that every configured consumer has processed. Nothing is trimmed while a consumer has no stored position.
// Disabled targets are ignored. When a consumer makes no progress, or when every consumer is a disabled target, only the log's own cap limits
// the log.
import { type Bus, compareEntries } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { readCursor } from './cursor.ts';
import { lowField, needsNothing, sliceLease, sliceOf } from './places.ts';
import { webhookTargets } from './targets.ts';

type Stores = Pick<Bus, 'events' | 'records' | 'cursors'>;

/** Trims the event log. Any worker may run it: it never removes an entry that an enabled target or the archive still needs. */
export class LogTrim {
  readonly #runtime: Runtime;
  readonly #bus: Stores;
  readonly #slices: ReadonlySet<number>;
  readonly #trimmed = new Map<number, string>();
  #asked = false;

  constructor(runtime: Runtime, bus: Stores) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#slices = new Set(webhookTargets(runtime.config).map(({ id }) => sliceOf(id)));
  }

  /** Call when a consumer advanced; the next run compares all positions. */
  ask(): void {
    this.#asked = true;
  }

  async run(shards = Array.from({ length: this.#runtime.config.shards }, (_, shard) => shard)): Promise<void> {
    if (!this.#asked) return;
    this.#asked = false;
    const lows = await Promise.all([...this.#slices].map((slice) => this.#bus.cursors.read(sliceLease(slice), shards.map(lowField))));
    await Promise.all(
      shards.map(async (shard) => {
        const entries: (string | undefined)[] = lows.map((low) => low.get(lowField(shard)));
        if (this.#runtime.config.archive.dir !== '') entries.push((await readCursor(this.#bus.records, 'archive', shard)).entry);
        await this.#trim(shard, entries);
      }),
    );
  }

  async #trim(shard: number, entries: readonly (string | undefined)[]): Promise<void> {
    let lowest: string | undefined;
    for (const entry of entries) {
      if (entry === undefined) return;
      if (entry === needsNothing) continue;
      if (lowest === undefined || compareEntries(entry, lowest) < 0) lowest = entry;
    }
    if (lowest === undefined || lowest === this.#trimmed.get(shard)) return;
    await this.#bus.events.trim(shard, lowest);
    this.#trimmed.set(shard, lowest);
  }
}
