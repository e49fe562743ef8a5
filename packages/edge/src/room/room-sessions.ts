// The sessions of one room on this edge, each with the number of the last frame before its join. A viewer that joins while frames are queued
// gets the messages of those frames with its join reply, so the frames are not written to it.
import type { Session } from '../session/session.ts';

export class RoomSessions {
  readonly room: string;
  /** The number of the last frame before each session joined. */
  readonly #joinedAfter = new Map<Session, number>();
  /** The number of the last frame before each repeated join that is not answered yet. */
  readonly #repeatedAfter = new Map<Session, number>();
  #list: readonly Session[] | undefined;
  #version = 0;
  #lastFrame = 0;
  #lastJoin = 0;
  /** Sessions that joined since the last new epoch; undefined before the first epoch change. */
  #newcomers: Set<Session> | undefined;

  constructor(room: string) {
    this.room = room;
  }

  /** Incremented with every change of the sessions. */
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

  /** Assigns the next frame number. */
  nextFrame(): number {
    return ++this.#lastFrame;
  }

  /** Adds a session. For one already in the room a repeated join begins; end it with `endRepeat`. */
  add(session: Session): void {
    if (this.#joinedAfter.has(session)) {
      this.#repeatedAfter.set(session, this.#lastFrame);
    } else {
      this.#newcomers?.add(session);
      this.#joinedAfter.set(session, this.#lastFrame);
    }
    this.#lastJoin = this.#lastFrame;
    this.#changed();
  }

  /** Ends a repeated join. The start of a session moves to the first frame after the join if it was answered, and stays if it failed. */
  endRepeat(session: Session, answered: boolean): void {
    const after = this.#repeatedAfter.get(session);
    this.#repeatedAfter.delete(session);
    if (answered && after !== undefined) this.#joinedAfter.set(session, after);
  }

  /** Removes a session; false when it was not in the room. */
  remove(session: Session): boolean {
    const was = this.#joinedAfter.delete(session);
    this.#repeatedAfter.delete(session);
    this.#newcomers?.delete(session);
    if (was) this.#changed();
    return was;
  }

  /** Starts a new epoch: sessions that join from now on did not get the messages delivered before it. */
  beginEpoch(): void {
    this.#newcomers = new Set();
  }

  /** Sessions that joined since the last new epoch. */
  get newcomers(): Iterable<Session> {
    return this.#newcomers ?? [];
  }

  /** The session gets only frames with a higher number than this; undefined when it is not in the room. */
  joinedAfter(session: Session): number | undefined {
    return this.#joinedAfter.get(session);
  }

  /** While a repeated join is not answered: frames up to this number are from before it. Undefined otherwise. */
  repeatedAfter(session: Session): number | undefined {
    return this.#repeatedAfter.get(session);
  }

  get size(): number {
    return this.#joinedAfter.size;
  }

  /** A snapshot of all sessions; a later change creates a new array. */
  get list(): readonly Session[] {
    this.#list ??= [...this.#joinedAfter.keys()];
    return this.#list;
  }

  #changed(): void {
    this.#version++;
    this.#list = undefined;
  }
}
