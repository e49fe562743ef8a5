// Which sessions of this edge are in which room.
import { RoomRoster } from './room-roster.ts';
import type { Session } from './session.ts';

export class Hub {
  readonly #rooms = new Map<string, RoomRoster>();

  add(room: string, session: Session): void {
    const roster = this.#rooms.get(room) ?? new RoomRoster(room);
    this.#rooms.set(room, roster);
    roster.add(session);
    session.rooms.add(room);
  }

  /** True when this was the room's last session. */
  remove(room: string, session: Session): boolean {
    session.rooms.delete(room);
    const roster = this.#rooms.get(room);
    if (!roster?.remove(session) || roster.size > 0) return false;
    this.#rooms.delete(room);
    return true;
  }

  roster(room: string): RoomRoster | undefined {
    return this.#rooms.get(room);
  }

  count(room: string): number {
    return this.#rooms.get(room)?.size ?? 0;
  }

  get rooms(): IterableIterator<string> {
    return this.#rooms.keys();
  }

  get size(): number {
    return this.#rooms.size;
  }
}
