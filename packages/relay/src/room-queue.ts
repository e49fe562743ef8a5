// What waits to be sent to one room: publications per lane, in the order of acceptance, and the heads they will be numbered
// from. It takes and gives back; when to send is the pacer's business.
import type { Heads, Pending } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';

export type Batch = Partial<Record<Lane, readonly Pending[]>>;

export class RoomQueue {
  readonly room: string;
  readonly #lanes: Record<Lane, Pending[]> = { control: [], gift: [], chat: [], ambient: [] };
  /** Undefined until read from the store. */
  heads: Heads | undefined;
  /** When the last frame left, on the monotonic clock. */
  lastFlush = Number.NEGATIVE_INFINITY;
  flushing = false;

  constructor(room: string) {
    this.room = room;
  }

  add(publication: Pending): void {
    this.#lanes[publication.lane].push(publication);
  }

  /** The next publications to send, highest lane first, at most `limit` in all. They leave the queue. */
  take(limit: number): Batch {
    const batch: Batch = {};
    let left = limit;
    for (const lane of laneNames) {
      const taken = this.#lanes[lane].splice(0, left);
      if (taken.length > 0) batch[lane] = taken;
      left -= taken.length;
    }
    return batch;
  }

  get empty(): boolean {
    return laneNames.every((lane) => this.#lanes[lane].length === 0);
  }

  /** True when something waits that must not wait for the ordinary tick. */
  get urgent(): boolean {
    return this.#lanes.control.length > 0 || this.#lanes.gift.length > 0;
  }
}
