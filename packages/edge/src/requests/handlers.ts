// What each viewer event does. A handler gets a checked payload, returns the ok reply's fields or throws a DanmuxError; acks,
// checks and errors are dispatch's business.
import { type Bus, ownRoom, pageOf } from '@danmux/bus';
import type { Publisher } from '@danmux/cluster';
import type { Rules } from '@danmux/policy';
import {
  checkRoomName,
  DanmuxError,
  type HistoryReply,
  type HistoryRequest,
  type JoinReply,
  type JoinRequest,
  type LeaveRequest,
  limits,
  type MembersReply,
  type MembersRequest,
  type Msg,
  type ReceiptRequest,
  type SendReply,
  type SendRequest,
} from '@danmux/protocol';
import { checkJson, parseJson, type Runtime } from '@danmux/runtime';
import type { DeliveryReceipts } from '../fan-out/delivery-receipts.ts';
import type { Feeds } from '../feed/feeds.ts';
import type { Recovery } from '../feed/recovery.ts';
import type { RoomFeed } from '../feed/room-feed.ts';
import { noticeOf } from '../moderation/enforcement.ts';
import type { HiddenMessages } from '../moderation/hidden-messages.ts';
import type { SendGuard } from '../moderation/send-guard.ts';
import type { PersonalMessages } from '../personal/messages.ts';
import type { Hub } from '../room/hub.ts';
import type { Presence } from '../room/presence.ts';
import type { Session } from '../session/session.ts';
import { bannedError, checkMayEnter } from '../viewer/viewer.ts';

const defaultPage = 50;

export interface HandlersParts {
  readonly hub: Hub;
  readonly feeds: Feeds;
  readonly recovery: Recovery;
  readonly presence: Presence;
  readonly rules: Rules;
  readonly guard: SendGuard;
  readonly hidden: HiddenMessages;
  readonly receipts: DeliveryReceipts;
  readonly own: PersonalMessages;
  readonly publisher: Pick<Publisher, 'publishOne'>;
}

/** How soon a room that is full may have a place. */
const fullRetryMs = 5_000;

export class Handlers {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #parts: HandlersParts;
  /** Joins under way, so that two for one room do not cross; one that was left meanwhile is refused with an error. */
  readonly #joining = new Map<Session, Map<string, DanmuxError | undefined>>();

  constructor(runtime: Runtime, bus: Bus, parts: HandlersParts) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#parts = parts;
  }

  /** The ack must be sent before `after` is called: frames that came meanwhile follow it. */
  async join(session: Session, request: JoinRequest): Promise<{ reply: JoinReply; after: () => void }> {
    const own = request.room === ownRoom;
    const room = own ? ownRoom : checkRoomName(request.room);
    if (own && !session.viewer.own) throw new DanmuxError('room_forbidden');
    if (!own) checkMayEnter(session.viewer, room);
    const joining = this.#begin(session, room);
    try {
      const { reply, after } = own ? await this.#parts.own.join(session, request) : await this.#enter(session, room, request);
      return { reply: { ...reply, now: this.#runtime.clock.now() }, after };
    } finally {
      joining.delete(room);
      if (joining.size === 0) this.#joining.delete(session);
    }
  }

  #begin(session: Session, room: string): Map<string, DanmuxError | undefined> {
    const joining = this.#joining.get(session) ?? new Map();
    if (joining.has(room)) throw new DanmuxError('rate_limited', { message: 'A join of this room is under way.', retryAfterMs: 200 });
    // A join that is being answered may be in both.
    const rooms = new Set([...session.rooms, ...joining.keys(), room]);
    rooms.delete(ownRoom);
    if (rooms.size > limits.roomsPerConnection) throw new DanmuxError('too_many_rooms');
    this.#joining.set(session, joining);
    joining.set(room, undefined);
    return joining;
  }

  async #enter(session: Session, room: string, request: JoinRequest): Promise<{ reply: JoinReply; after: () => void }> {
    const { hub, presence, recovery, receipts, rules } = this.#parts;
    const feed = await this.#open(room);
    try {
      await feed.reach(request.positions);
      await this.#checkMayStay(session, room);
    } catch (error) {
      this.#close(room);
      throw error;
    }
    const again = session.rooms.has(room);
    // One use a membership: a second join of the same room keeps the first one's.
    if (again) this.#close(room);
    // From here on every frame is kept for this session, and `heads` is what came before the first of them.
    session.hold(room);
    if (!again) presence.entered(room, session.viewer);
    hub.add(room, session);
    const { heads } = feed;
    session.cameFrom(room, request.positions ?? {}, heads.epoch);
    try {
      const { positions, recovered, msgs } = await recovery.recover(request, feed, heads);
      const online = await presence.online(room);
      const left = this.#joining.get(session)?.get(room);
      if (left) throw left;
      const shown = [...feed.passed.withoutHad(feed.withoutRecalled(msgs), (lane, before) => session.had(room, lane, before))];
      if (request.positions) receipts.replayed(session, room, shown);
      const after = () => {
        session.release(room);
        this.#tellMuted(session, room);
      };
      return { reply: { room, online, positions, recovered, msgs: shown, modes: rules.modes(room) }, after };
    } catch (error) {
      if (again) session.release(room);
      else this.#exit(session, room);
      throw error;
    }
  }

  /** The room's feed and rules, until `#close`. */
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

  /** Who was muted while it was away was not told. */
  #tellMuted(session: Session, room: string): void {
    const mute = this.#parts.rules.sanction('mute', session.viewer.id, room);
    if (mute) session.emit('notice', { ...noticeOf('mute', mute), room });
  }

  /** Nothing is waited for after it and before the session is in: a ban that comes later finds it there. */
  async #checkMayStay(session: Session, room: string): Promise<void> {
    const { hub, presence, rules } = this.#parts;
    const limited = rules.modes(room).max_online !== undefined && !session.rooms.has(room);
    const elsewhere = limited ? await presence.elsewhere(room) : 0;
    const { max_online = Number.POSITIVE_INFINITY } = rules.modes(room);
    if (limited && elsewhere + hub.count(room) >= max_online) throw new DanmuxError('room_full', { retryAfterMs: fullRetryMs });
    const ban = rules.sanction('ban', session.viewer.id, room);
    if (ban) throw bannedError(ban, this.#runtime.clock.now());
    if (session.closed) throw new DanmuxError('unavailable');
  }

  async leave(session: Session, request: LeaveRequest): Promise<object> {
    const room = checkRoomName(request.room);
    this.expel(session, room, new DanmuxError('not_joined', { message: 'The room was left before its join was answered.' }));
    return {};
  }

  /** Takes a session out of a room; a join of it that is under way is refused with `why`. */
  expel(session: Session, room: string, why: DanmuxError): void {
    const joining = this.#joining.get(session);
    if (joining?.has(room)) joining.set(room, why);
    if (session.rooms.has(room)) this.#exit(session, room);
  }

  /** Takes a session that ended out of everything. */
  ended(session: Session): void {
    for (const room of session.rooms) this.#exit(session, room);
    session.discardHeld(ownRoom);
  }

  #exit(session: Session, room: string): void {
    session.discardHeld(room);
    if (!session.rooms.has(room)) return;
    this.#parts.hub.remove(room, session);
    this.#parts.presence.left(room, session.viewer);
    this.#close(room);
  }

  async send(session: Session, request: SendRequest): Promise<SendReply> {
    const { viewer } = session;
    const { guard, hidden, publisher } = this.#parts;
    const room = this.#joined(session, request.room);
    checkJson(request.data, 'send: data');
    const { publication, verdict } = await guard.judge(viewer, request);
    this.#joined(session, room);
    if (verdict.action !== 'pass') return hidden.take(viewer, publication, request.type, verdict);
    const { id } = await publisher.publishOne(publication);
    return { id };
  }

  async receipt(session: Session, { room, ids }: ReceiptRequest): Promise<object> {
    const { own, receipts } = this.#parts;
    receipts.answered(session, room === ownRoom ? own.roomOf(session) : this.#joined(session, room), ids);
    return {};
  }

  async members(session: Session, request: MembersRequest): Promise<MembersReply> {
    const room = this.#joined(session, request.room);
    const audience = await this.#parts.presence.audience(room, session.viewer);
    return pageOf(audience, request.cursor, request.limit ?? defaultPage);
  }

  async history(session: Session, request: HistoryRequest): Promise<HistoryReply> {
    const room = this.#joined(session, request.room);
    const { msgs, more } = await session.oneOfFew(() => this.#bus.streams.history(room, request.lane ?? 'chat', request.before, request.limit ?? defaultPage));
    return { msgs: msgs.map((text) => parseJson(text) as Msg), more };
  }

  #joined(session: Session, name: string): string {
    const room = checkRoomName(name);
    if (!session.rooms.has(room)) throw new DanmuxError('not_joined');
    return room;
  }
}
