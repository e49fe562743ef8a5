// The sessions of one room on this edge, and from which frame on each of them is to be written to: a viewer that joined while
// frames waited was given those with its join.
import type { Session } from '../session/session.ts';

export class RoomSessions {
  readonly room: string;
  readonly #since = new Map<Session, number>();
  #list: readonly Session[] | undefined;
  /** Grows with every change of the sessions. */
  version = 0;
  /** The number of the last frame that was passed on to this room. */
  frame = 0;
  /** The `frame` at the last join. */
  lastJoin = 0;
  /** Sessions that came since the room's store went back last; undefined when it never did. */
  #late: Set<Session> | undefined;

  constructor(room: string) {
    this.room = room;
  }

  /** Adds it, or begins anew for one that joins again. */
  add(session: Session): void {
    if (!this.#since.has(session)) this.#late?.add(session);
    this.#since.set(session, this.frame);
    this.lastJoin = this.frame;
    this.#changed();
  }

  /** False when it was not there. */
  remove(session: Session): boolean {
    const was = this.#since.delete(session);
    this.#late?.delete(session);
    if (was) this.#changed();
    return was;
  }

  /** The store went back: who comes from now on has not been shown what was passed on before. */
  forked(): void {
    this.#late = new Set();
  }

  get late(): Iterable<Session> {
    return this.#late ?? [];
  }

  /** It gets frames with a higher number; undefined when it is not in the room. */
  since(session: Session): number | undefined {
    return this.#since.get(session);
  }

  get size(): number {
    return this.#since.size;
  }

  /** All of them; a later change makes a new list. */
  get list(): readonly Session[] {
    this.#list ??= [...this.#since.keys()];
    return this.#list;
  }

  #changed(): void {
    this.version++;
    this.#list = undefined;
  }
}
