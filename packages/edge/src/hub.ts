// Which sessions of this edge are in which room, and the loop that writes one prepared event to all of them.
import type { Prepared } from './prepared.ts';
import type { Session } from './session.ts';

export class Hub {
  readonly #rooms = new Map<string, Set<Session>>();

  add(room: string, session: Session): void {
    const sessions = this.#rooms.get(room);
    if (sessions) sessions.add(session);
    else this.#rooms.set(room, new Set([session]));
    session.rooms.add(room);
  }

  /** True when this was the room's last session. */
  remove(room: string, session: Session): boolean {
    session.rooms.delete(room);
    const sessions = this.#rooms.get(room);
    if (!sessions?.delete(session) || sessions.size > 0) return false;
    this.#rooms.delete(room);
    return true;
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

  /** Writes to every session of the room; returns how many. */
  deliver(room: string, prepared: Prepared): number {
    const sessions = this.#rooms.get(room);
    if (!sessions) return 0;
    for (const session of sessions) session.deliver(room, prepared);
    return sessions.size;
  }
}
