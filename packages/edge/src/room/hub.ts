// Maps the rooms of this edge to their sessions. It opens no feeds and counts no users; Rooms and Presence do.

import type { Session } from '../session/session.ts';
import { RoomSessions } from './room-sessions.ts';

export class Hub {
  readonly #rooms = new Map<string, RoomSessions>();

  add(room: string, session: Session): void {
    const sessions = this.#rooms.get(room) ?? new RoomSessions(room);
    this.#rooms.set(room, sessions);
    sessions.add(session);
    session.addRoom(room);
  }

  /** Removes a session from a room; true when it was the room's last. */
  remove(room: string, session: Session): boolean {
    session.removeRoom(room);
    const sessions = this.#rooms.get(room);
    if (!sessions?.remove(session) || sessions.size > 0) return false;
    this.#rooms.delete(room);
    return true;
  }

  sessionsIn(room: string): RoomSessions | undefined {
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
