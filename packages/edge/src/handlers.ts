// What each viewer event does. A handler gets a checked payload, returns the ok reply's fields or throws a DanmuxError; acks,
// checks and errors are dispatch's business.
import { acceptPublication, type Bus, pageOf } from '@danmux/bus';
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
  type SendReply,
  type SendRequest,
} from '@danmux/protocol';
import { newId, type Runtime } from '@danmux/runtime';
import type { Feeds } from './feeds.ts';
import type { Hub } from './hub.ts';
import type { Presence } from './presence.ts';
import type { Recovery } from './recovery.ts';
import { SendLimits } from './send-limits.ts';
import type { Session } from './session.ts';
import { checkMayEnter } from './viewer.ts';

const defaultPage = 50;

export class Handlers {
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #hub: Hub;
  readonly #feeds: Feeds;
  readonly #recovery: Recovery;
  readonly #presence: Presence;
  readonly #limits: SendLimits;
  /** Joins under way, so that two for one room do not cross; a leave meanwhile marks one as left. */
  readonly #joining = new Map<Session, Map<string, 'joining' | 'left'>>();

  constructor(runtime: Runtime, bus: Bus, parts: { hub: Hub; feeds: Feeds; recovery: Recovery; presence: Presence }) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#hub = parts.hub;
    this.#feeds = parts.feeds;
    this.#recovery = parts.recovery;
    this.#presence = parts.presence;
    this.#limits = new SendLimits(runtime.config.edge);
  }

  /** The ack must be sent before `after` is called: frames that came meanwhile follow it. */
  async join(session: Session, request: JoinRequest): Promise<{ reply: JoinReply; after: () => void }> {
    const room = checkRoomName(request.room);
    checkMayEnter(session.viewer, room);
    const joining = this.#begin(session, room);
    try {
      return await this.#enter(session, room, request);
    } finally {
      joining.delete(room);
      if (joining.size === 0) this.#joining.delete(session);
    }
  }

  #begin(session: Session, room: string): Map<string, 'joining' | 'left'> {
    const joining = this.#joining.get(session) ?? new Map();
    if (joining.has(room)) throw new DanmuxError('rate_limited', { message: 'A join of this room is under way.', retryAfterMs: 200 });
    // A join that is being answered may be in both.
    const rooms = new Set([...session.rooms, ...joining.keys(), room]);
    if (rooms.size > limits.roomsPerConnection) throw new DanmuxError('too_many_rooms');
    this.#joining.set(session, joining);
    joining.set(room, 'joining');
    return joining;
  }

  async #enter(session: Session, room: string, request: JoinRequest): Promise<{ reply: JoinReply; after: () => void }> {
    const feed = await this.#feeds.enter(room);
    const again = session.rooms.has(room);
    // One feed use a membership: a second join of the same room keeps the first one's.
    if (again) this.#feeds.leave(room);
    if (session.closed) {
      if (!again) this.#feeds.leave(room);
      throw new DanmuxError('unavailable');
    }
    // From here on every frame is kept for this session, and `heads` is what came before the first of them.
    session.hold(room);
    if (!again) this.#presence.entered(room, session.viewer);
    this.#hub.add(room, session);
    const { heads } = feed;
    try {
      const { positions, recovered, msgs } = await this.#recovery.recover(request, feed, heads);
      const online = await this.#presence.online(room);
      if (this.#leftMeanwhile(session, room)) throw new DanmuxError('not_joined', { message: 'The room was left before its join was answered.' });
      const reply = { room, online, positions, recovered, msgs };
      return { reply, after: () => session.release(room) };
    } catch (error) {
      if (again) session.release(room);
      else this.#exit(session, room);
      throw error;
    }
  }

  async leave(session: Session, request: LeaveRequest): Promise<object> {
    const room = checkRoomName(request.room);
    const joining = this.#joining.get(session);
    if (joining?.has(room)) joining.set(room, 'left');
    if (session.rooms.has(room)) this.#exit(session, room);
    return {};
  }

  #leftMeanwhile(session: Session, room: string): boolean {
    return this.#joining.get(session)?.get(room) === 'left';
  }

  /** Takes a session that ended out of everything. */
  ended(session: Session): void {
    for (const room of session.rooms) this.#exit(session, room);
  }

  #exit(session: Session, room: string): void {
    session.discardHeld(room);
    if (!session.rooms.has(room)) return;
    this.#hub.remove(room, session);
    this.#presence.left(room, session.viewer);
    this.#feeds.leave(room);
  }

  async send(session: Session, request: SendRequest): Promise<SendReply> {
    const { viewer } = session;
    const { messages, shedding } = this.#runtime.config;
    const room = this.#joined(session, request.room);
    if (viewer.guest) throw new DanmuxError('read_only');
    const now = this.#runtime.clock.now();
    const wait = shedding === 'on' ? this.#limits.take(viewer.id, room, now) : 0;
    if (wait > 0) throw new DanmuxError('rate_limited', { retryAfterMs: wait });
    const trace = newId(now);
    const dedupeKey = `${viewer.id}\n${request.cid}`;
    const publication = acceptPublication(
      { room, type: request.type, data: request.data, from: viewer.from, dedupeKey, trace },
      { types: messages.types, roleWeights: messages.role_weights, maxData: limits.viewerData, now },
    );
    if (!messages.types[request.type]?.viewer) throw new DanmuxError('type_forbidden');
    const [receipt] = await this.#bus.publish([publication]);
    if (!receipt || receipt instanceof Error) throw receipt ?? new DanmuxError('internal');
    if (!receipt.duplicate) this.#runtime.metrics.accepted.inc({ lane: publication.lane, source: 'edge' });
    this.#runtime.log.debug({ trace, id: receipt.id, room, lane: publication.lane, hop: 'edge' }, 'accepted');
    return { id: receipt.id };
  }

  async members(session: Session, request: MembersRequest): Promise<MembersReply> {
    const room = this.#joined(session, request.room);
    const audience = await this.#presence.audience(room, session.viewer);
    return pageOf(audience, request.cursor, request.limit ?? defaultPage);
  }

  async history(session: Session, request: HistoryRequest): Promise<HistoryReply> {
    const room = this.#joined(session, request.room);
    const { msgs, more } = await session.oneOfFew(() => this.#bus.history(room, request.lane ?? 'chat', request.before, request.limit ?? defaultPage));
    return { msgs: msgs.map((text) => JSON.parse(text) as Msg), more };
  }

  #joined(session: Session, name: string): string {
    const room = checkRoomName(name);
    if (!session.rooms.has(room)) throw new DanmuxError('not_joined');
    return room;
  }
}
