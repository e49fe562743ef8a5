// Computes how far targets are behind from the stored positions and the event log. It needs no running worker. It reads the log once for each
// position, even when several targets are at that position.
import { type Bus, compareEntries, type LoggedEvent } from '@danmux/bus';
import { decodePlace, placeField, type ShardPlace, sliceLease, sliceOf } from './places.ts';

export interface TargetProgress {
  /** Time of the oldest undelivered event, milliseconds since 1970; null when none is pending. */
  readonly since: number | null;
  /** Events that the log's cap removed before they were delivered. */
  readonly dropped: number;
}

type Stores = Pick<Bus, 'cursors' | 'events'>;

export class ProgressReader {
  readonly #bus: Stores;
  readonly #shards: number;
  readonly #read = new Map<string, Promise<LoggedEvent | undefined>>();

  /** Create a reader for each pass over the targets, because it caches what it reads. */
  constructor(bus: Stores, shards: number) {
    this.#bus = bus;
    this.#shards = shards;
  }

  async of(targets: readonly string[]): Promise<ReadonlyMap<string, TargetProgress>> {
    const slices = new Map<number, string[]>();
    for (const target of targets) slices.set(sliceOf(target), [...(slices.get(sliceOf(target)) ?? []), target]);
    const found = await Promise.all([...slices].map(([slice, some]) => this.#slice(slice, some)));
    return new Map(found.flat());
  }

  async #slice(slice: number, targets: readonly string[]): Promise<[string, TargetProgress][]> {
    const shards = Array.from({ length: this.#shards }, (_, shard) => shard);
    const fields = targets.flatMap((target) => shards.map((shard) => placeField(target, shard)));
    const stored = await this.#bus.cursors.read(sliceLease(slice), fields);
    return Promise.all(
      targets.map(async (target): Promise<[string, TargetProgress]> => {
        const parts = await Promise.all(shards.map((shard) => this.#shard(shard, decodePlace(stored.get(placeField(target, shard))))));
        const since = Math.min(...parts.map((part) => part.since ?? Number.POSITIVE_INFINITY));
        const dropped = parts.reduce((sum, part) => sum + part.dropped, 0);
        return [target, { since: since === Number.POSITIVE_INFINITY ? null : since, dropped }];
      }),
    );
  }

  async #shard(shard: number, place: ShardPlace): Promise<TargetProgress> {
    const low = lowestOf(place);
    const [next, oldest] = await Promise.all([this.#after(shard, place.entry), this.#after(shard, low)]);
    // `dropped` does not include these missing events yet: a worker counts them only when it reaches the gap.
    const hole = place.number > 0 && next ? Math.max(0, next.number - place.number - 1) : 0;
    const first = place.rooms.length > 0 ? oldest : next;
    return { since: first ? tsOf(first) : null, dropped: place.dropped + hole };
  }

  #after(shard: number, entry: string | undefined): Promise<LoggedEvent | undefined> {
    const key = `${shard} ${entry}`;
    const known = this.#read.get(key);
    if (known) return known;
    const read = this.#bus.events.read(shard, entry, 1).then(([first]) => first);
    this.#read.set(key, read);
    return read;
  }
}

/** The last log entry that the target no longer needs; undefined when it needs the whole log. */
export function lowestOf({ entry, rooms }: Pick<ShardPlace, 'entry' | 'rooms'>): string | undefined {
  let low = entry;
  for (const { after } of rooms) {
    if (after === undefined || low === undefined) return undefined;
    if (compareEntries(after, low) < 0) low = after;
  }
  return low;
}

function tsOf({ text }: LoggedEvent): number | null {
  const { ts } = JSON.parse(text) as { ts?: number };
  return ts ?? null;
}
