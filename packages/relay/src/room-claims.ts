// Remembers the highest heads that this relay has seen of each room, and the ended epochs. They outlive queues and leases, because they
// reveal a store that was restored to an older state. Above the cap the least recently used rooms are dropped; a store that restarted
// empty is noticed without them.
import { claimOf, type Heads, type HeadsClaim } from '@danmux/bus';
import { streamLanes } from '@danmux/protocol';
import { BoundedMap } from '@danmux/runtime';

const roomsKept = 10_000;
/** Maximum number of ended epochs per room. */
const epochsKept = 8;

interface Witnessed {
  readonly heads: Heads;
  readonly ended: readonly string[];
}

export class RoomClaims {
  readonly #rooms: BoundedMap<string, Witnessed>;

  constructor(cap = roomsKept) {
    this.#rooms = new BoundedMap(cap);
  }

  saw(room: string, heads: Heads): void {
    const known = this.#rooms.get(room);
    // Delete first, so that the room becomes the most recently used.
    this.#rooms.delete(room);
    this.#rooms.set(room, known ? next(known, heads) : { heads, ended: [] });
  }

  of(room: string): HeadsClaim {
    const known = this.#rooms.get(room);
    return claimOf(known?.heads, known?.ended ?? []);
  }
}

function next({ heads, ended }: Witnessed, seen: Heads): Witnessed {
  if (heads.epoch !== seen.epoch) return { heads: seen, ended: [...ended, heads.epoch].slice(-epochsKept) };
  // A read may return heads older than a commit that finished in between.
  return { heads: streamLanes.some((lane) => seen.offsets[lane] < heads.offsets[lane]) ? heads : seen, ended };
}
