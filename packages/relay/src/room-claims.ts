// What this relay has seen of each room's heads: the furthest, and the epochs that ended. It outlives queues and leases, since it is
// what shows that a store went back. Of more rooms than it holds the longest unused are forgotten: a restart is noticed without it.
import { claimOf, type Heads, type HeadsClaim } from '@danmux/bus';
import { streamLanes } from '@danmux/protocol';

const roomsKept = 10_000;
/** Epochs remembered of a room, at most. */
const epochsKept = 8;

interface Witnessed {
  readonly heads: Heads;
  readonly ended: readonly string[];
}

export class RoomClaims {
  readonly #cap: number;
  readonly #rooms = new Map<string, Witnessed>();

  constructor(cap = roomsKept) {
    this.#cap = cap;
  }

  saw(room: string, heads: Heads): void {
    const known = this.#rooms.get(room);
    this.#rooms.delete(room);
    this.#rooms.set(room, known ? next(known, heads) : { heads, ended: [] });
    if (this.#rooms.size <= this.#cap) return;
    const [oldest] = this.#rooms.keys();
    if (oldest !== undefined) this.#rooms.delete(oldest);
  }

  of(room: string): HeadsClaim {
    const known = this.#rooms.get(room);
    return claimOf(known?.heads, known?.ended ?? []);
  }
}

function next({ heads, ended }: Witnessed, seen: Heads): Witnessed {
  if (heads.epoch !== seen.epoch) return { heads: seen, ended: [...ended, heads.epoch].slice(-epochsKept) };
  // What was read may be older than what was committed meanwhile.
  return { heads: streamLanes.some((lane) => seen.offsets[lane] < heads.offsets[lane]) ? heads : seen, ended };
}
