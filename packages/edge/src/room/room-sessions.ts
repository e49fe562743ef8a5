// The sessions of one room on this edge, and the number of the first frame each of them gets: a viewer that joins while frames wait
// to be written has these from its join already.
import type { Session } from '../session/session.ts';

export class RoomSessions {
  readonly room: string;
  /** By session, the last frame before it joined. */
  readonly #joinedAfter = new Map<Session, number>();
  #list: readonly Session[] | undefined;
  #version = 0;
  #lastFrame = 0;
  #lastJoin = 0;
  /** Sessions that joined since the last new epoch; undefined when there was none. */
  #newcomers: Set<Session> | undefined;

  constructor(room: string) {
    this.room = room;
  }

  /** Grows with every change of the sessions. */
  get version(): number {
    return this.#version;
  }

  /** Number of the last frame of this room. */
  get lastFrame(): number {
    return this.#lastFrame;
  }

  /** The `lastFrame` at the last join. */
  get lastJoin(): number {
    return this.#lastJoin;
  }

  /** The number of one more frame. */
  nextFrame(): number {
    return ++this.#lastFrame;
  }

  /** Adds a session, or begins anew for one that joins again. */
  add(session: Session): void {
    if (!this.#joinedAfter.has(session)) this.#newcomers?.add(session);
    this.#joinedAfter.set(session, this.#lastFrame);
    this.#lastJoin = this.#lastFrame;
    this.#changed();
  }

  /** False when it was not there. */
  remove(session: Session): boolean {
    const was = this.#joinedAfter.delete(session);
    this.#newcomers?.delete(session);
    if (was) this.#changed();
    return was;
  }

  /** The room begins a new epoch: sessions that join from now on were not written what this edge passed on before. */
  beginEpoch(): void {
    this.#newcomers = new Set();
  }

  /** Sessions that joined since the last new epoch. */
  get newcomers(): Iterable<Session> {
    return this.#newcomers ?? [];
  }

  /** The session gets the frames with a higher number; undefined when it is not in the room. */
  joinedAfter(session: Session): number | undefined {
    return this.#joinedAfter.get(session);
  }

  get size(): number {
    return this.#joinedAfter.size;
  }

  /** All of them; a later change makes a new list. */
  get list(): readonly Session[] {
    this.#list ??= [...this.#joinedAfter.keys()];
    return this.#list;
  }

  #changed(): void {
    this.#version++;
    this.#list = undefined;
  }
}
