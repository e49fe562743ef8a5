// Which sessions of this edge are in which room.

import type { Session } from '../session/session.ts';
import { RoomSessions } from './room-sessions.ts';

export class Hub {
  readonly #rooms = new Map<string, RoomSessions>();

  add(room: string, session: Session): void {
    const roster = this.#rooms.get(room) ?? new RoomSessions(room);
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

  roster(room: string): RoomSessions | undefined {
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
