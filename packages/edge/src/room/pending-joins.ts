// The joins that a viewer has asked for and that are not answered yet. Two joins of one room never run at once for a session, and a
// viewer that leaves meanwhile gets the reason as the answer to its join. It joins nothing itself.
import { personalRoom } from '@danmux/bus';
import { DanmuxError, limits } from '@danmux/protocol';
import type { Session } from '../session/session.ts';

export class PendingJoins {
  /** By room, the error of a join that was cancelled; undefined while it may succeed. */
  readonly #joins = new Map<Session, Map<string, DanmuxError | undefined>>();

  /** Runs `join`. Rejects with `rate_limited` when a join of the room is pending, with `too_many_rooms` past the limit of a connection. */
  async run<T>(session: Session, room: string, join: () => Promise<T>): Promise<T> {
    const pending = this.#add(session, room);
    try {
      return await join();
    } finally {
      pending.delete(room);
      if (pending.size === 0) this.#joins.delete(session);
    }
  }

  #add(session: Session, room: string): Map<string, DanmuxError | undefined> {
    const pending = this.#joins.get(session) ?? new Map();
    if (pending.has(room)) throw new DanmuxError('rate_limited', { message: 'A join of this room is under way.', retryAfterMs: 200 });
    // A join that is being answered may be in both.
    const rooms = new Set([...session.rooms, ...pending.keys(), room]);
    rooms.delete(personalRoom);
    if (rooms.size > limits.roomsPerConnection) throw new DanmuxError('too_many_rooms');
    this.#joins.set(session, pending);
    pending.set(room, undefined);
    return pending;
  }

  /** Lets a pending join of the room fail with `why`. */
  cancel(session: Session, room: string, why: DanmuxError): void {
    const pending = this.#joins.get(session);
    if (pending?.has(room)) pending.set(room, why);
  }

  /** Throws the reason when the join was cancelled. */
  check(session: Session, room: string): void {
    const why = this.#joins.get(session)?.get(room);
    if (why) throw why;
  }
}
