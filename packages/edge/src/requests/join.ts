// Handles the viewer events `join` and `leave`, for rooms and for the viewer's personal room. Combines the membership from Rooms with the
// missed messages from Recovery into one reply.
import { personalRoom } from '@danmux/bus';
import type { Rules } from '@danmux/policy';
import { checkRoomName, DanmuxError, type JoinReply, type JoinRequest, type LeaveRequest, type Msg } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { DeliveryReceipts } from '../fan-out/delivery-receipts.ts';
import type { Recovery } from '../feed/recovery.ts';
import { noticeOf } from '../moderation/enforcement.ts';
import type { PersonalMessages } from '../personal/messages.ts';
import type { Presence } from '../room/presence.ts';
import type { Entry, Rooms } from '../room/rooms.ts';
import type { Session } from '../session/session.ts';
import { checkMayEnter } from '../viewer/viewer.ts';
import { firstPart } from './first-part.ts';
import type { Answer } from './handlers.ts';

export interface JoinParts {
  readonly rooms: Rooms;
  readonly recovery: Recovery;
  readonly presence: Presence;
  readonly rules: Pick<Rules, 'modes' | 'sanction'>;
  readonly receipts: DeliveryReceipts;
  readonly personal: PersonalMessages;
}

interface Joined {
  readonly reply: JoinReply;
  /** Releases the frames held back, after the messages that did not fit into the reply. */
  readonly release: (rest: readonly Msg[]) => void;
}

export class Join {
  readonly #runtime: Runtime;
  readonly #parts: JoinParts;

  constructor(runtime: Runtime, parts: JoinParts) {
    this.#runtime = runtime;
    this.#parts = parts;
  }

  /** Send the ack before calling `after`, which releases the frames held back during the join. */
  async join(session: Session, request: JoinRequest): Promise<Answer<JoinReply>> {
    const personal = request.room === personalRoom;
    const room = personal ? personalRoom : checkRoomName(request.room);
    if (personal && !session.viewer.own) throw new DanmuxError('room_forbidden');
    if (!personal) checkMayEnter(session.viewer, room);
    const { reply, release } = await this.#parts.rooms.pending.run(session, room, () =>
      personal ? this.#parts.personal.join(session, request) : this.#joinRoom(session, room, request),
    );
    const first = firstPart({ ...reply, now: this.#runtime.clock.now() }, this.#runtime.config.edge.frame_bytes);
    return { reply: first.reply, after: () => release(first.rest) };
  }

  async leave(session: Session, request: LeaveRequest): Promise<Answer<object>> {
    const room = checkRoomName(request.room);
    this.#parts.rooms.expel(session, room, new DanmuxError('not_joined', { message: 'The viewer left the room before the join was answered.' }));
    return { reply: {} };
  }

  async #joinRoom(session: Session, room: string, request: JoinRequest): Promise<Joined> {
    const { rooms } = this.#parts;
    const entry = await rooms.enter(session, room, request.positions);
    try {
      const reply = await this.#reply(session, room, request, entry);
      const release = (rest: readonly Msg[]) => {
        rooms.complete(session, room, rest);
        this.#noticeMute(session, room);
      };
      return { reply, release };
    } catch (error) {
      rooms.abandon(session, room, entry);
      throw error;
    }
  }

  async #reply(session: Session, room: string, request: JoinRequest, { feed, heads }: Entry): Promise<JoinReply> {
    const { rooms, presence, recovery, receipts, rules } = this.#parts;
    const { positions, recovered, msgs } = await recovery.recover(request, feed, heads);
    const online = await presence.online(room);
    rooms.pending.check(session, room);
    const shown = [...feed.passed.withoutSeen(feed.withoutRecalled(msgs), (lane, before) => session.hasSeen(room, lane, before))];
    if (request.positions) receipts.replayed(session, room, shown);
    return { room, online, positions, recovered, msgs: shown, modes: rules.modes(room) };
  }

  /** Sends the mute notice again: a viewer muted while disconnected missed it. */
  #noticeMute(session: Session, room: string): void {
    const mute = this.#parts.rules.sanction('mute', session.viewer.id, room);
    if (mute) session.emit('notice', { ...noticeOf('mute', mute), room });
  }
}
