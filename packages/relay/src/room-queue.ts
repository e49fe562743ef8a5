// What waits to be sent to one room: publications per lane, in the order of acceptance, and the heads they will be numbered
// from. It takes and gives back; when to send is the pacer's business.
import type { Heads, Pending } from '@danmux/bus';
import { type Lane, laneNames } from '@danmux/protocol';

/** Characters of one frame's messages: the outbox of a viewer must hold several frames. */
const frameCharacters = 262_144;

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

  /** The next publications to send, highest lane first, at most `limit` in all and no more than a frame may hold. They leave the queue. */
  take(limit: number): Batch {
    const batch: Batch = {};
    let left = limit;
    let room = frameCharacters;
    for (const lane of laneNames) {
      const waiting = this.#lanes[lane];
      let count = 0;
      // The first goes whatever its size: it could never go otherwise.
      for (const { body } of waiting) {
        if (left === 0 || (body.length > room && left < limit)) break;
        room -= body.length;
        left--;
        count++;
      }
      if (count > 0) batch[lane] = waiting.splice(0, count);
      // What did not fit goes first next time; nothing lower overtakes it.
      if (waiting.length > 0) break;
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
