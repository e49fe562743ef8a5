// Owns the membership of viewers in rooms. Five parts record a membership: the hub, the presence counts, the feed, the rules and the session.
// Only `enter` and `exit` change these records, so the five always agree.
import { personalRoom } from '@danmux/bus';
import type { Rules } from '@danmux/policy';
import { checkRoomName, DanmuxError, type Msg, type Positions } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { Feeds } from '../feed/feeds.ts';
import type { RoomFeed } from '../feed/room-feed.ts';
import type { Session } from '../session/session.ts';
import { bannedError, checkMayEnter } from '../viewer/viewer.ts';
import type { Hub } from './hub.ts';
import type { JoinLeaveEvents } from './join-leave-events.ts';
import { PendingJoins } from './pending-joins.ts';
import type { Presence } from './presence.ts';

export interface RoomsParts {
  readonly hub: Hub;
  readonly feeds: Feeds;
  readonly rules: Pick<Rules, 'hold' | 'leave' | 'modes' | 'sanction'>;
  readonly presence: Presence;
  readonly joinLeaveEvents: Pick<JoinLeaveEvents, 'joined' | 'left'>;
}

/** A started membership. Frames after `heads` are held back until the join is answered. */
export interface Entry {
  readonly feed: RoomFeed;
  readonly heads: RoomFeed['heads'];
  /** True when the session was in the room already. */
  readonly again: boolean;
}

/** Retry hint for a full room, milliseconds. */
const fullRetryMs = 5_000;

export class Rooms {
  readonly #runtime: Runtime;
  readonly #parts: RoomsParts;
  readonly pending = new PendingJoins();

  constructor(runtime: Runtime, parts: RoomsParts) {
    this.#runtime = runtime;
    this.#parts = parts;
  }

  /** The validated room name. Throws `not_joined` when the session is not in the room. */
  joined(session: Session, name: string): string {
    const room = checkRoomName(name);
    if (!session.rooms.has(room)) throw new DanmuxError('not_joined');
    return room;
  }

  /** Joins a room. Rejects, with nothing changed, when the room is full, the viewer banned, the connection closed, or Redis cannot be read. */
  async enter(session: Session, room: string, positions: Positions = {}): Promise<Entry> {
    const { hub, presence, joinLeaveEvents } = this.#parts;
    const feed = await this.#open(room);
    try {
      await feed.reach(positions);
      await this.#checkMayEnter(session, room);
    } catch (error) {
      this.#close(room);
      throw error;
    }
    // There is no await between the check and `hub.add`, so a ban that arrives after the check finds the session in the room.
    const again = session.rooms.has(room);
    // A membership holds one reference to the feed and one to the rules. `#open` took them again for a repeated join; they are released here.
    if (again) this.#close(room);
    session.holdFrames(room);
    if (!again && presence.entered(room, session.viewer)) joinLeaveEvents.joined(room, session.viewer);
    hub.add(room, session);
    this.#runtime.metrics.rooms.set(hub.size);
    const { heads } = feed;
    session.joinedFrom(room, positions, heads.epoch);
    return { feed, heads, again };
  }

  /** Ends `enter` after the join was answered: writes the messages that did not fit into the reply, then the held frames. */
  complete(session: Session, room: string, rest: readonly Msg[] = []): void {
    this.#parts.hub.sessionsIn(room)?.endRepeat(session, true);
    session.releaseFrames(room, rest);
  }

  /** Undoes `enter` for a join that failed later. A session that was in the room before stays in it, and loses no frame. */
  abandon(session: Session, room: string, { again }: Entry): void {
    if (!again) {
      this.exit(session, room);
      return;
    }
    this.#parts.hub.sessionsIn(room)?.endRepeat(session, false);
    session.restoreFrames(room);
  }

  /** Removes a session from a room and drops its held frames. */
  exit(session: Session, room: string): void {
    const { hub, presence, joinLeaveEvents } = this.#parts;
    session.dropFrames(room);
    if (!session.rooms.has(room)) return;
    hub.remove(room, session);
    this.#runtime.metrics.rooms.set(hub.size);
    if (presence.left(room, session.viewer)) joinLeaveEvents.left(room, session.viewer);
    this.#close(room);
  }

  /** Removes a session from a room; its pending join is rejected with `why`. */
  expel(session: Session, room: string, why: DanmuxError): void {
    this.pending.cancel(session, room, why);
    if (session.rooms.has(room)) this.exit(session, room);
  }

  /** Removes a session from all rooms after its connection has ended. */
  exitAll(session: Session): void {
    for (const room of session.rooms) this.exit(session, room);
    session.dropFrames(personalRoom);
  }

  /** Takes a reference to the feed and rules of the room; `#close` releases it. */
  async #open(room: string): Promise<RoomFeed> {
    const { feeds, rules } = this.#parts;
    await rules.hold(room);
    try {
      return await feeds.enter(room);
    } catch (error) {
      rules.leave(room);
      throw error;
    }
  }

  #close(room: string): void {
    this.#parts.feeds.leave(room);
    this.#parts.rules.leave(room);
  }

  async #checkMayEnter(session: Session, room: string): Promise<void> {
    const { hub, presence, rules } = this.#parts;
    const limited = rules.modes(room).max_online !== undefined && !session.rooms.has(room);
    const elsewhere = limited ? await presence.elsewhere(room) : 0;
    const { max_online = Number.POSITIVE_INFINITY } = rules.modes(room);
    if (limited && elsewhere + hub.count(room) >= max_online) throw new DanmuxError('room_full', { retryAfterMs: fullRetryMs });
    const ban = rules.sanction('ban', session.viewer.id, room);
    if (ban) throw bannedError(ban, this.#runtime.clock.now());
    // During the awaits the viewer may have renewed its token, and the new token may not allow this room.
    checkMayEnter(session.viewer, room);
    if (session.closed) throw new DanmuxError('unavailable');
  }
}
