// Counts the failed commits of each room in sequence, and delays the next commit of such a room longer each time. Other rooms of the shard are
// not delayed, and a refused commit counts as no failure.
import { BoundedMap, backoffMs } from '@danmux/runtime';

/** Cap of remembered rooms; the oldest is forgotten first, and is then tried without a delay. */
const remembered = 1_000;
const backoff = { baseMs: 20, maxMs: 1_000 };

interface Failing {
  readonly count: number;
  readonly notBefore: number;
}

export class RoomFailures {
  readonly #rooms = new BoundedMap<string, Failing>(remembered);

  /** `now` is milliseconds on the monotonic clock. */
  failed(room: string, now: number): void {
    const count = (this.#rooms.get(room)?.count ?? 0) + 1;
    this.#rooms.set(room, { count, notBefore: now + backoffMs(count, backoff) });
  }

  succeeded(room: string): void {
    this.#rooms.delete(room);
  }

  /** Earliest time of the next commit, on the monotonic clock; 0 for a room whose last commit did not fail. */
  notBefore(room: string): number {
    return this.#rooms.get(room)?.notBefore ?? 0;
  }
}
