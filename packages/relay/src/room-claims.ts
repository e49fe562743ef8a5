// The furthest heads this relay has seen of each room, and the epochs that ended. They outlive queues and leases, since they show that a
// store went back to an older state. Past the cap of rooms the longest unused are forgotten; a store that restarted is noticed without
// this record.
import { claimOf, type Heads, type HeadsClaim } from '@danmux/bus';
import { streamLanes } from '@danmux/protocol';
import { BoundedMap } from '@danmux/runtime';

const roomsKept = 10_000;
/** Epochs remembered of a room, at most. */
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
    // Deleted first: the room becomes the newest.
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
  // Heads that were read may be older than those committed meanwhile.
  return { heads: streamLanes.some((lane) => seen.offsets[lane] < heads.offsets[lane]) ? heads : seen, ended };
}
