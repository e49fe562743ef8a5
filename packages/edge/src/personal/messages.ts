// Delivers personal messages: follows the personal rooms, which all users share, and writes each message to its user's connections on this
// edge. Frames for users of other edges are not parsed. RoomFeed handles order and gaps, PersonalHistory missed messages.
import { type Bus, type BusFrame, personalRoom, userRoomOf, userRooms } from '@danmux/bus';
import { DanmuxError, type Frame, type Gap, type JoinReply, type JoinRequest, type Lane, lanes, type Msg } from '@danmux/protocol';
import { type Part, Periodic, parseJson, pause, type Runtime, retrying, toJson } from '@danmux/runtime';
import type { DeliveryReceipts } from '../fan-out/delivery-receipts.ts';
import type { Repeated } from '../feed/passed-ids.ts';
import type { AddressedMsg } from '../feed/replayed-frame.ts';
import { RoomFeed } from '../feed/room-feed.ts';
import { framePackets } from '../frame/event-packet.ts';
import type { DeliveryLedger } from '../outbox/delivery-ledger.ts';
import { EncodedFrame, encodeGap, type LaneCounts } from '../outbox/encoded-frame.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { PersonalHistory } from './history.ts';

export interface PersonalMessagesParts {
  readonly sessions: Sessions;
  readonly ledger: DeliveryLedger;
  readonly receipts: DeliveryReceipts;
}

interface PersonalRoom {
  readonly feed: RoomFeed;
  readonly history: PersonalHistory;
}

const startMs = 1_000;
const pulseEveryMs = 2_000;
const retry = { baseMs: 100, maxMs: 2_000 };

export class PersonalMessages implements Part {
  readonly name = 'personal-messages';
  readonly #runtime: Runtime;
  readonly #bus: Bus;
  readonly #parts: PersonalMessagesParts;
  readonly #rooms = new Map<string, PersonalRoom>();
  readonly #ended = new AbortController();
  #opening: Promise<unknown> = Promise.resolve();
  readonly #askingHeads: Periodic;

  constructor(runtime: Runtime, bus: Bus, parts: PersonalMessagesParts) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#parts = parts;
    const failure = { where: 'personal-messages', message: 'could not read the heads of a personal room', level: 'debug' } as const;
    this.#askingHeads = new Periodic(runtime, { everyMs: pulseEveryMs, ...failure }, () => this.#askHeads());
  }

  /** Resolves when every room is followed, or after one second; with Redis down it retries in the background. */
  async start(): Promise<void> {
    this.#askingHeads.start();
    this.#opening = Promise.all(userRooms.map((room) => this.#open(room)));
    await Promise.race([this.#opening, pause(startMs, this.#ended.signal)]);
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#askingHeads.stop();
    await this.#opening;
    const rooms = [...this.#rooms.values()];
    this.#rooms.clear();
    await Promise.all(rooms.map(({ feed }) => feed.close()));
  }

  /** The shared personal room that carries this viewer's messages. */
  roomOf({ viewer }: Session): string {
    return userRoomOf(viewer.id);
  }

  /**
   * Replies with the messages missed since the viewer's positions. Send the ack before calling `release`, which sends the messages that did not
   * fit into the reply and then the live messages that were held back.
   */
  async join(session: Session, { positions }: JoinRequest): Promise<{ reply: JoinReply; release: (rest: readonly Msg[]) => void }> {
    const room = this.roomOf(session);
    const own = this.#rooms.get(room);
    if (!own) throw new DanmuxError('unavailable', { message: 'Your messages cannot be read yet.', retryAfterMs: 500 });
    const { feed, history } = own;
    await feed.reach(positions);
    session.holdFrames(personalRoom);
    const { heads } = feed;
    session.joinedFrom(personalRoom, positions ?? {}, heads.epoch);
    try {
      const found = await history.missed(session.viewer.id, positions, heads);
      // During the await the viewer may have renewed its token, and the new token may not allow personal messages.
      if (!session.viewer.own) throw new DanmuxError('room_forbidden');
      const fresh = feed.passed.withoutSeen(feed.withoutRecalled(found.msgs), (lane, before) => session.hasSeen(personalRoom, lane, before));
      const mine = fresh.filter((msg) => (msg as AddressedMsg).to === session.viewer.id && !session.hasPersonal(msg.id));
      const msgs = mine.map(shownMsg);
      this.#parts.receipts.replayed(session, room, msgs);
      session.joinPersonal();
      const online = this.#parts.sessions.of(session.viewer.id).length;
      return {
        reply: { room: personalRoom, online, positions: found.positions, recovered: found.recovered, msgs },
        release: (rest) => session.releaseFrames(personalRoom, rest),
      };
    } catch (error) {
      // The held messages are delivered although the join failed: a viewer gets personal messages without a join too.
      session.restoreFrames(personalRoom);
      throw error;
    }
  }

  /** Opens the feed of a personal room; retries until it succeeds or this part stops. */
  async #open(room: string): Promise<void> {
    const failed = (error: unknown) =>
      this.#runtime.caught('personal-messages', error, 'could not open the feed of a personal room; retrying', { level: 'debug', fields: { room } });
    await retrying(() => this.#tryOpen(room), { backoff: retry, signal: this.#ended.signal, failed });
  }

  async #tryOpen(room: string): Promise<void> {
    const feed = new RoomFeed(this.#runtime, this.#bus, room, {
      frame: (frame) => this.#deliver(frame),
      gap: (gap) => this.#deliverGap(gap),
      repeated: (_room, repeated) => this.#deliverRepeated(repeated),
      recalled: () => {},
    });
    try {
      await feed.open();
    } catch (error) {
      await feed.close();
      throw error;
    }
    this.#rooms.set(room, { feed, history: new PersonalHistory(this.#runtime, this.#bus, feed) });
  }

  /** Personal rooms have no presence reports to carry their heads, so the heads are read here to detect lost frames. */
  async #askHeads(): Promise<void> {
    const asked = [...this.#rooms].map(async ([room, { feed, history }]) => {
      history.expire();
      feed.pulse(await this.#bus.streams.heads(room));
    });
    const failed = (await Promise.allSettled(asked)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  #deliver({ head, payload }: BusFrame): void {
    const { to, receipts = [] } = head;
    const here = new Set(to?.filter((user) => this.#sessionsOf(user).length > 0));
    if (!to || here.size === 0) return;
    const { msgs } = parseJson(payload) as Frame;
    for (const user of here) {
      const mine = msgs.filter((_, index) => to[index] === user).map(shownMsg);
      const sessions = this.#sessionsOf(user);
      for (const { id } of mine) if (receipts.includes(id)) this.#parts.receipts.deliveredTo(user, head.room, id, sessions.length);
      this.#write(sessions, mine);
    }
  }

  /** Sends messages first delivered before the new epoch to connections that were opened after that delivery and do not have them. */
  #deliverRepeated(repeated: readonly Repeated[]): void {
    for (const { lane, text, before } of repeated) {
      const msg = parseJson(text) as AddressedMsg;
      const late = this.#sessionsOf(msg.to ?? '').filter((session) => session.connectedAt >= before.at && !session.hasSeen(personalRoom, lane, before));
      if (late.length > 0) this.#write(late, [shownMsg(msg)]);
    }
  }

  #sessionsOf(user: string): readonly Session[] {
    return this.#parts.sessions.of(user).filter(({ viewer }) => viewer.own);
  }

  #write(sessions: readonly Session[], msgs: readonly Msg[]): void {
    const { ledger } = this.#parts;
    const counts: LaneCounts = {};
    for (const { lane } of msgs) counts[lane] = (counts[lane] ?? 0) + 1;
    const maxBytes = this.#runtime.config.edge.frame_bytes;
    const packets = framePackets(toJson({ room: personalRoom, msgs }), maxBytes);
    const encoded = new EncodedFrame(packets, { room: personalRoom, counts, urgent: msgs.some(({ lane }) => isUrgent(lane)), maxBytes });
    ledger.due(counts, sessions.length);
    for (const session of sessions) {
      session.notePersonal(msgs);
      if (session.deliver(personalRoom, encoded)) ledger.delivered(encoded, 1);
    }
  }

  /** The recipients of lost messages are unknown, so every user of the personal room gets the gap, with count 0. */
  #deliverGap(gap: Gap): void {
    const encoded = encodeGap({ ...gap, room: personalRoom, count: 0 });
    for (const session of this.#parts.sessions.all) if (session.joinedPersonal && this.roomOf(session) === gap.room) session.deliver(personalRoom, encoded);
  }
}

function isUrgent(lane: Lane): boolean {
  return lanes[lane].guaranteed;
}

/** The message without `to`, because the frame goes to its recipient alone. */
function shownMsg(msg: Msg): Msg {
  const { to: _to, ...shown } = msg as AddressedMsg;
  return shown;
}
