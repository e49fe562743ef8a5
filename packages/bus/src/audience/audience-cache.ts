// Caches each room's audience for one second and shares a read that is in progress. Bounded by rooms and by members; evicts the oldest entry first.
// It has no timer: the next `get` that reads the store evicts expired entries.
import type { Audience } from './audience.ts';

const keptMs = 1_000;
const roomsKept = 1_000;
const membersKept = 100_000;

interface Kept {
  readonly audience: Promise<Audience>;
  members: number;
  /** Expiry by the monotonic clock, milliseconds; infinite while the read is in progress. */
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

  #settle(room: string, kept: Kept, startedAt: number): void {
    const current = () => this.#rooms.get(room) === kept;
    kept.audience.then(
      ({ members }) => {
        // The TTL counts from the start of the read, so a slow read does not extend it.
        kept.until = startedAt + keptMs;
        if (!current()) return;
        kept.members = members.length;
        this.#members += members.length;
        this.#trim();
      },
      // The waiting callers get the rejection; the next call reads the store again.
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
