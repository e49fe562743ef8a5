// Counts deliveries and viewers' confirmations of each message that requests receipts, and reports both numbers to Redis. Keeps one bit per
// connection and message; stores neither messages nor viewers.
import { createHash } from 'node:crypto';
import { type Bus, isUserRoom } from '@danmux/bus';
import type { Msg } from '@danmux/protocol';
import { BoundedMap, type Part, Periodic, type Runtime } from '@danmux/runtime';
import type { RoomSessions } from '../room/room-sessions.ts';
import type { Session } from '../session/session.ts';
import { BitSet } from './bit-set.ts';

interface Tracked {
  readonly id: string;
  readonly room: string;
  /** The recipient of a personal message; undefined in other rooms. */
  readonly user: string | undefined;
  /** End of tracking, in `performance.now()` milliseconds; later confirmations are not counted. */
  readonly until: number;
  /**
   * The viewers whose confirmations count: those in the room when the message arrived, or the recipient. Undefined until the message arrives in
   * a live frame.
   */
  live: { readonly sessions: RoomSessions; readonly frame: number } | { readonly user: string } | undefined;
  /** Ids of connections that got the message in the reply to a join; their confirmations count too. */
  replayed: BitSet | undefined;
  readonly answered: BitSet;
  sent: number;
  received: number;
}

const reportEveryMs = 500;
/** Milliseconds after the receipt timeout in which confirmations still count, because they may have been in transit. */
const graceMs = 5_000;
/** Cap of tracked messages; past it the oldest is no longer counted. */
const tracked = 1_000;

export class DeliveryReceipts implements Part {
  readonly name = 'receipts';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'receipts'>;
  /** Keyed by room, id and recipient; the oldest first. */
  readonly #messages: BoundedMap<string, Tracked>;
  readonly #changed = new Set<Tracked>();
  /** Runs while messages are tracked. */
  readonly #reporting: Periodic;

  constructor(runtime: Runtime, bus: Pick<Bus, 'receipts'>) {
    this.#runtime = runtime;
    this.#bus = bus;
    this.#messages = new BoundedMap(tracked, (_, { id, room }) => {
      runtime.log.debug({ id, room }, 'too many messages request receipts; the oldest is no longer tracked');
    });
    const failure = { where: 'receipts', message: 'could not report receipts; trying again', level: 'debug' } as const;
    this.#reporting = new Periodic(runtime, { everyMs: reportEveryMs, ...failure }, () => this.#tick());
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    await this.#reporting.again();
    await this.#reporting.stop();
    this.#messages.clear();
  }

  /** Tracks messages that request receipts. `frame` is the number of their frame in the room; viewers that joined before it can confirm them. */
  track(ids: readonly string[], sessions: RoomSessions, frame: number): void {
    for (const id of ids) this.#track(sessions.room, id, { sessions, frame });
  }

  /** Counts a personal message written to this many connections of its user. */
  deliveredTo(user: string, room: string, id: string, connections: number): void {
    // Users share a personal room, and two of them may have different messages with the same id.
    this.#track(room, id, { user }, user);
    this.#addSent(room, id, connections, user);
  }

  /** Counts messages written to this many connections. */
  delivered(room: string, ids: readonly string[], connections: number): void {
    for (const id of ids) this.#addSent(room, id, connections);
  }

  #addSent(room: string, id: string, connections: number, user?: string): void {
    const message = connections === 0 ? undefined : this.#messages.get(keyOf(room, id, user));
    if (!message) return;
    message.sent += connections;
    this.#changed.add(message);
  }

  /**
   * Lets a viewer confirm messages that were replayed with its rejoin. The messages do not count as sent again, because their first delivery was
   * counted.
   */
  replayed(session: Session, room: string, msgs: readonly Msg[]): void {
    for (const { id, receipt, ts } of msgs) {
      if (receipt !== true || ts + this.#followedMs < this.#runtime.clock.now()) continue;
      const user = recipientIn(room, session);
      const message = this.#messages.get(keyOf(room, id, user)) ?? this.#track(room, id, undefined, user);
      message.replayed ??= new BitSet();
      message.replayed.add(session.connectionId);
    }
  }

  /** Counts a viewer's confirmation; ignores messages that are not tracked here or were not sent to this viewer. */
  answered(session: Session, room: string, ids: readonly string[]): void {
    for (const id of ids) {
      const message = this.#messages.get(keyOf(room, id, recipientIn(room, session)));
      if (!message || !mayAnswer(message, session) || !message.answered.add(session.connectionId)) continue;
      message.received++;
      this.#changed.add(message);
    }
  }

  /** Number of tracked messages. */
  get size(): number {
    return this.#messages.size;
  }

  get #followedMs(): number {
    return this.#runtime.config.receipts.timeout_ms + graceMs;
  }

  #track(room: string, id: string, live: Tracked['live'], user?: string): Tracked {
    const key = keyOf(room, id, user);
    const known = this.#messages.get(key);
    if (known) {
      // A replay with a join may have tracked the message before its frame arrived.
      known.live ??= live;
      return known;
    }
    const until = performance.now() + this.#followedMs;
    const message: Tracked = { id, room, user, until, live, replayed: undefined, answered: new BitSet(), sent: 0, received: 0 };
    this.#messages.set(key, message);
    this.#reporting.start();
    return message;
  }

  async #tick(): Promise<void> {
    const now = performance.now();
    for (const [key, message] of this.#messages) if (message.until < now && !this.#changed.has(message)) this.#messages.delete(key);
    await this.#report();
    if (this.#messages.size === 0 && this.#changed.size === 0) void this.#reporting.stop();
  }

  async #report(): Promise<void> {
    if (this.#changed.size === 0) return;
    const batch = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#bus.receipts.report(
        batch.map(({ id, room, user, sent, received }) => {
          // Redis stores one count per message and edge name; a suffix separates users who share a personal room.
          const edge = user === undefined ? this.#runtime.node : `${this.#runtime.node}~${hashOf(user)}`;
          return { id, room, edge, sent, received };
        }),
      );
    } catch (error) {
      // Retries until `graceMs` after the message's `until`; a longer outage of Redis loses these counts.
      const now = performance.now();
      for (const message of batch) if (message.until + graceMs > now) this.#changed.add(message);
      throw error;
    }
  }
}

function keyOf(room: string, id: string, user = ''): string {
  return `${room}\n${id}\n${user}`;
}

/** Hashed because a user id may contain any character. */
function hashOf(user: string): string {
  return createHash('sha256').update(user).digest('hex').slice(0, 16);
}

/** The recipient in a personal room; undefined in any other room. */
function recipientIn(room: string, { viewer }: Session): string | undefined {
  return isUserRoom(room) ? viewer.id : undefined;
}

function mayAnswer({ live, replayed }: Tracked, session: Session): boolean {
  if (replayed?.has(session.connectionId)) return true;
  if (!live) return false;
  if ('user' in live) return live.user === session.viewer.id;
  const joinedAfter = live.sessions.joinedAfter(session);
  return joinedAfter !== undefined && joinedAfter < live.frame;
}
