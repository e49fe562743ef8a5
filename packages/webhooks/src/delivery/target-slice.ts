// The targets of one slice while this worker holds its lease: loads their positions, runs their deliveries and stores their progress. Acquiring
// the lease happens elsewhere.
import type { Bus, Lease, LoggedEvent } from '@danmux/bus';
import { compareEntries } from '@danmux/bus';
import { lowField, needsNothing, placeField } from '../places.ts';
import type { WebhookTarget } from '../targets.ts';
import { Circuit } from './circuit.ts';
import { PlaceStore } from './place-store.ts';
import { type DeliveryParts, TargetDelivery } from './target-delivery.ts';

/** Characters of pending events in memory: the cap for all targets together, and the minimum that each target may use. */
const allCharacters = 134_217_728;
const leastCharacters = 65_536;

export interface SliceParts extends DeliveryParts {
  readonly bus: Pick<Bus, 'cursors' | 'records'>;
  /** All configured targets; they share the memory cap. */
  readonly targets: number;
  /** Called when events were processed, so that the log can be trimmed. */
  moved(): void;
}

export class TargetSlice {
  readonly lines = new Map<string, TargetDelivery>();
  lease: Lease;
  readonly #parts: SliceParts;
  readonly #store: PlaceStore;

  /** `regain` has the contract of `PlaceSource.regain`. */
  constructor(parts: SliceParts, lease: Lease, targets: readonly WebhookTarget[], regain: (slice: TargetSlice) => Promise<boolean>) {
    this.#parts = parts;
    this.lease = lease;
    const slice = this;
    this.#store = new PlaceStore(parts.runtime, parts.bus.cursors, {
      get lease() {
        return slice.lease;
      },
      textOf: (field) => this.#textOf(field),
      regain: () => regain(this),
      caughtUp: () => parts.moved(),
    });
    const characters = Math.max(leastCharacters, Math.floor(allCharacters / Math.max(1, parts.targets)));
    for (const target of targets) this.lines.set(target.id, this.#lineOf(target, characters));
  }

  async load(): Promise<void> {
    const stored = await this.#parts.bus.cursors.read(this.lease.name);
    await Promise.all(
      [...this.lines.values()].map(async (line) => {
        const { id } = line.target;
        for (const shard of this.#shards()) line.rooms.load(shard, stored.get(placeField(id, shard)));
        await line.circuit.load([...line.rooms.rooms()].filter(({ attempts }) => attempts > 0).map(({ room }) => room));
        line.ring(this.#shards());
      }),
    );
  }

  ring(shards: readonly number[]): void {
    for (const line of this.lines.values()) line.ring(shards);
  }

  go(): void {
    for (const line of this.lines.values()) line.go();
  }

  async look(first: (shard: number) => Promise<LoggedEvent | undefined>): Promise<void> {
    await Promise.all([...this.lines.values()].map((line) => line.look(first)));
  }

  /** Ends the deliveries, then writes all positions once. Resolves even when the write fails. */
  async end(): Promise<void> {
    this.#store.ending();
    await Promise.all([...this.lines.values()].map((line) => line.end()));
    await this.#store.close();
  }

  #lineOf(target: WebhookTarget, characters: number): TargetDelivery {
    const { runtime, bus } = this.#parts;
    const field = (shard: number) => placeField(target.id, shard);
    const places = {
      changed: (shard: number) => {
        this.#store.changed(field(shard));
        this.#store.changed(lowField(shard));
      },
      stored: (shard: number) => this.#store.stored(field(shard)),
    };
    return new TargetDelivery(this.#parts, target, new Circuit(runtime, bus.records, target), places, characters);
  }

  #textOf(field: string): string | null {
    const [id = '', shard] = field.split(' ');
    const line = this.lines.get(id);
    return line ? line.rooms.textOf(Number(shard)) : this.#lowest(Number(shard));
  }

  /** The value of `lowField`; null removes the field. */
  #lowest(shard: number): string | null {
    let lowest: string = needsNothing;
    for (const { circuit, rooms } of this.lines.values()) {
      if (circuit.disabled) continue;
      const entry = rooms.lowest(shard);
      if (entry === undefined) return null;
      if (lowest === needsNothing || compareEntries(entry, lowest) < 0) lowest = entry;
    }
    return lowest;
  }

  #shards(): number[] {
    return Array.from({ length: this.#parts.runtime.config.shards }, (_, shard) => shard);
  }
}
