// Tracks joins that are not answered yet. A session has at most one pending join per room, and a cancelled join is answered with the reason,
// for example a leave or a ban. Rooms does the actual join.
import { personalRoom } from '@danmux/bus';
import { DanmuxError, limits } from '@danmux/protocol';
import type { Session } from '../session/session.ts';

export class PendingJoins {
  /** Per session and room: the error of a cancelled join, or undefined while it may still succeed. */
  readonly #joins = new Map<Session, Map<string, DanmuxError | undefined>>();

  /** Runs `join`. Rejects with `rate_limited` while a join of the same room is pending, and with `too_many_rooms` past the connection's limit. */
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
    if (pending.has(room)) throw new DanmuxError('rate_limited', { message: 'A join of this room is already pending.', retryAfterMs: 200 });
    // The Set counts each room once: a pending join may already have added its room to `session.rooms`.
    const rooms = new Set([...session.rooms, ...pending.keys(), room]);
    rooms.delete(personalRoom);
    if (rooms.size > limits.roomsPerConnection) throw new DanmuxError('too_many_rooms');
    this.#joins.set(session, pending);
    pending.set(room, undefined);
    return pending;
  }

  /** The rooms of the session's pending joins. */
  of(session: Session): Iterable<string> {
    return [...(this.#joins.get(session)?.keys() ?? [])];
  }

  /** Makes a pending join of the room fail with `why`. */
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
