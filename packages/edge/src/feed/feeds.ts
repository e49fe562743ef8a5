// Owns the feeds of this edge: one per room, opened for the first viewer and closed after the last. Viewers that join while a feed opens
// share it.
import type { Bus, RoomPulse } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import { type FeedOutput, RoomFeed } from './room-feed.ts';

interface Shared {
  readonly feed: RoomFeed;
  readonly opening: Promise<void>;
  users: number;
}

export class Feeds {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #output: FeedOutput;
  readonly #feeds = new Map<string, Shared>();

  constructor(runtime: Runtime, bus: Bus, output: FeedOutput) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#output = output;
  }

  /** Opens or shares the room's feed and takes a reference; call `leave` to release it. Rejects with `unavailable` when Redis cannot be read. */
  async enter(room: string): Promise<RoomFeed> {
    const shared = this.#feeds.get(room) ?? this.#open(room);
    shared.users++;
    try {
      await shared.opening;
      return shared.feed;
    } catch (error) {
      this.#leave(room, shared);
      throw error;
    }
  }

  leave(room: string): void {
    const shared = this.#feeds.get(room);
    if (shared) this.#leave(room, shared);
  }

  /** Passes the heads from Redis on to the feeds of their rooms. */
  pulse(pulses: ReadonlyMap<string, RoomPulse>): void {
    for (const [room, { heads }] of pulses) this.#feeds.get(room)?.feed.pulse(heads);
  }

  get size(): number {
    return this.#feeds.size;
  }

  async close(): Promise<void> {
    const all = [...this.#feeds.values()];
    this.#feeds.clear();
    await Promise.all(all.map(({ feed }) => feed.close()));
  }

  #open(room: string): Shared {
    const feed = new RoomFeed(this.#runtime, this.#bus, room, this.#output);
    const shared: Shared = { feed, opening: feed.open(), users: 0 };
    this.#feeds.set(room, shared);
    return shared;
  }

  #leave(room: string, shared: Shared): void {
    if (--shared.users > 0) return;
    if (this.#feeds.get(room) === shared) this.#feeds.delete(room);
    shared.feed.close().catch((error: unknown) => {
      this.#runtime.caught('feeds', error, 'could not close a feed', { fields: { room } });
    });
  }
}
