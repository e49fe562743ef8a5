// The ingress of every shard and lane: what was accepted and is not committed yet, oldest first.
import { type Lane, lanes } from '@danmux/protocol';
import type { Pending, Publication } from '../bus.ts';

export class Ingress {
  readonly #lanes = new Map<string, Map<number, Pending>>();
  #last = 0;

  /** Null when the lane is full and refuses; else how many old entries were dropped for it, and whether the lane was empty. */
  add(shard: number, publication: Publication, cap: number): { dropped: number; first: boolean } | null {
    const entries = this.#entries(shard, publication.lane);
    if (entries.size >= cap && lanes[publication.lane].atCap === 'refuse') return null;
    const first = entries.size === 0;
    const entry = ++this.#last;
    const { room, lane, id, body, trace, weight, combo, marks } = publication;
    entries.set(entry, {
      ...{ room, lane, id, body, trace, entry: String(entry) },
      ...(weight ? { weight } : {}),
      ...(combo === undefined ? {} : { combo }),
      ...(marks ? { marks } : {}),
    });
    let dropped = 0;
    for (const [oldest] of entries) {
      if (entries.size <= cap) break;
      entries.delete(oldest);
      dropped++;
    }
    return { dropped, first };
  }

  read(shard: number, lane: Lane, after: string | undefined, limit: number): Pending[] {
    const found: Pending[] = [];
    const from = after === undefined ? 0 : Number(after);
    for (const [entry, pending] of this.#entries(shard, lane)) {
      if (found.length >= limit) break;
      if (entry > from) found.push(pending);
    }
    return found;
  }

  /** How many of the entries were still there. */
  remove(shard: number, lane: Lane, entries: readonly string[]): number {
    const kept = this.#entries(shard, lane);
    return entries.filter((entry) => kept.delete(Number(entry))).length;
  }

  clear(): void {
    this.#lanes.clear();
  }

  #entries(shard: number, lane: Lane): Map<number, Pending> {
    const key = `${shard}:${lane}`;
    const entries = this.#lanes.get(key) ?? new Map<number, Pending>();
    this.#lanes.set(key, entries);
    return entries;
  }
}
