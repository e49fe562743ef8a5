// One read of a room's audience for all who ask within a second, and never two of one room at a time. Bounded by rooms and by
// members; the oldest go first. It has no timer: what nobody asks for again goes when something else is asked.
import type { Audience } from './audience.ts';

const keptMs = 1_000;
const roomsKept = 1_000;
const membersKept = 100_000;

interface Kept {
  readonly audience: Promise<Audience>;
  members: number;
  /** Monotonic; endless while it is being read. */
  until: number;
}

export class AudienceCache {
  readonly #read: (room: string) => Promise<Audience>;
  /** Oldest first. */
  readonly #rooms = new Map<string, Kept>();
  #members = 0;

  constructor(read: (room: string) => Promise<Audience>) {
    this.#read = read;
  }

  get(room: string): Promise<Audience> {
    const known = this.#rooms.get(room);
    if (known && known.until > performance.now()) return known.audience;
    this.#forget(room);
    const kept: Kept = { audience: this.#read(room), members: 0, until: Number.POSITIVE_INFINITY };
    this.#rooms.set(room, kept);
    this.#trim();
    this.#settle(room, kept, performance.now());
    return kept.audience;
  }

  clear(): void {
    this.#rooms.clear();
    this.#members = 0;
  }

  #settle(room: string, kept: Kept, asked: number): void {
    const current = () => this.#rooms.get(room) === kept;
    kept.audience.then(
      ({ members }) => {
        // It is as old as the question: a slow answer is not kept for longer.
        kept.until = asked + keptMs;
        if (!current()) return;
        kept.members = members.length;
        this.#members += members.length;
        this.#trim();
      },
      // Who asked is told; the next one asks the store again.
      () => current() && this.#forget(room),
    );
  }

  #trim(): void {
    const now = performance.now();
    for (const [room, { until }] of this.#rooms) {
      if (until > now && this.#rooms.size <= roomsKept && this.#members <= membersKept) return;
      this.#forget(room);
    }
  }

  #forget(room: string): void {
    this.#members -= this.#rooms.get(room)?.members ?? 0;
    this.#rooms.delete(room);
  }
}
