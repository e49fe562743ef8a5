// Counts, for every message that asks for receipts, to how many connections this edge handed it and how many of them said that they
// have it: one bit a connection, and two numbers that the store is told of. It keeps no message and no row of a viewer.
import { createHash } from 'node:crypto';
import { type Bus, isUserRoom } from '@danmux/bus';
import type { Msg } from '@danmux/protocol';
import type { Part, Runtime } from '@danmux/runtime';
import type { RoomSessions } from '../room/room-sessions.ts';
import type { Session } from '../session/session.ts';
import { BitSet } from './bit-set.ts';

interface Tracked {
  readonly id: string;
  readonly room: string;
  /** Whose message it is, in the rooms of users. */
  readonly user: string | undefined;
  /** On the process's clock; answers after it are not counted. */
  readonly until: number;
  /** Viewers that were in the room when it arrived may answer. */
  live: { readonly sessions: RoomSessions; readonly frame: number } | { readonly user: string } | undefined;
  /** Viewers that got it again with a join may answer too. */
  replayed: BitSet | undefined;
  readonly answered: BitSet;
  sent: number;
  received: number;
}

const reportEveryMs = 500;
/** How long after the time-out answers are still counted: the last ones are on their way. */
const graceMs = 5_000;
/** Messages followed at once; past it the oldest count no more. */
const tracked = 1_000;

export class DeliveryReceipts implements Part {
  readonly name = 'receipts';
  readonly #runtime: Runtime;
  readonly #bus: Pick<Bus, 'receipts'>;
  /** By room and id, the oldest first. */
  readonly #messages = new Map<string, Tracked>();
  readonly #changed = new Set<Tracked>();
  #timer: NodeJS.Timeout | undefined;
  #reporting: Promise<void> | undefined;

  constructor(runtime: Runtime, bus: Pick<Bus, 'receipts'>) {
    this.#runtime = runtime;
    this.#bus = bus;
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#reporting;
    await this.#report();
    this.#messages.clear();
  }

  /** Messages that ask for receipts, in the room's frame of this number: viewers that were in the room before it may answer. */
  track(ids: readonly string[], sessions: RoomSessions, frame: number): void {
    for (const id of ids) this.#track(sessions.room, id, { sessions, frame });
  }

  /** A personal message that is delivered to this many connections of its user. */
  deliveredTo(user: string, room: string, id: string, connections: number): void {
    // The same id may be another message for another user of the same room.
    this.#track(room, id, { user }, user);
    this.#addSent(room, id, connections, user);
  }

  /** The messages were written to this many connections. */
  delivered(room: string, ids: readonly string[], connections: number): void {
    for (const id of ids) this.#addSent(room, id, connections);
  }

  #addSent(room: string, id: string, connections: number, user?: string): void {
    const message = connections === 0 ? undefined : this.#messages.get(keyOf(room, id, user));
    if (!message) return;
    message.sent += connections;
    this.#changed.add(message);
  }

  /** What a viewer that came back was given with its join: its answers count, and it was counted as sent to before. */
  replayed(session: Session, room: string, msgs: readonly Msg[]): void {
    for (const { id, receipt, ts } of msgs) {
      if (receipt !== true || ts + this.#followedMs < this.#runtime.clock.now()) continue;
      const user = addresseeIn(room, session);
      const message = this.#messages.get(keyOf(room, id, user)) ?? this.#track(room, id, undefined, user);
      message.replayed ??= new BitSet();
      message.replayed.add(session.connectionId);
    }
  }

  /** A viewer has these; what is not followed here, or was not for it, is ignored. */
  answered(session: Session, room: string, ids: readonly string[]): void {
    for (const id of ids) {
      const message = this.#messages.get(keyOf(room, id, addresseeIn(room, session)));
      if (!message || !mayAnswer(message, session) || !message.answered.add(session.connectionId)) continue;
      message.received++;
      this.#changed.add(message);
    }
  }

  /** Messages it follows. */
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
      // It may have been replayed here before it came.
      known.live ??= live;
      return known;
    }
    const until = performance.now() + this.#followedMs;
    const message: Tracked = { id, room, user, until, live, replayed: undefined, answered: new BitSet(), sent: 0, received: 0 };
    this.#messages.set(key, message);
    for (const [oldest, { id: dropped }] of this.#messages) {
      if (this.#messages.size <= tracked) break;
      this.#messages.delete(oldest);
      this.#runtime.log.debug({ id: dropped, room }, 'too many messages ask for receipts; the oldest is followed no more');
    }
    this.#timer ??= setInterval(() => this.#tick(), reportEveryMs);
    return message;
  }

  #tick(): void {
    const now = performance.now();
    for (const [key, message] of this.#messages) if (message.until < now && !this.#changed.has(message)) this.#messages.delete(key);
    this.#reporting ??= this.#report().finally(() => {
      this.#reporting = undefined;
    });
    if (this.#messages.size > 0 || this.#changed.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #report(): Promise<void> {
    if (this.#changed.size === 0) return;
    const batch = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#bus.receipts.report(
        batch.map(({ id, room, user, sent, received }) => {
          // Counts are one row a room and edge: of users who share a room, one each.
          const edge = user === undefined ? this.#runtime.node : `${this.#runtime.node}~${hashOf(user)}`;
          return { id, room, edge, sent, received };
        }),
      );
    } catch (error) {
      this.#runtime.caught('receipts', error, 'could not report receipts; they are told again', { level: 'debug' });
      // Not for ever: a store that is away for longer than they matter has lost them.
      const now = performance.now();
      for (const message of batch) if (message.until + graceMs > now) this.#changed.add(message);
    }
  }
}

function keyOf(room: string, id: string, user = ''): string {
  return `${room}\n${id}\n${user}`;
}

/** A user's id may be any text. */
function hashOf(user: string): string {
  return createHash('sha256').update(user).digest('hex').slice(0, 16);
}

/** Whose message it is, in the rooms of users. */
function addresseeIn(room: string, { viewer }: Session): string | undefined {
  return isUserRoom(room) ? viewer.id : undefined;
}

function mayAnswer({ live, replayed }: Tracked, session: Session): boolean {
  if (replayed?.has(session.connectionId)) return true;
  if (!live) return false;
  if ('user' in live) return live.user === session.viewer.id;
  const joinedAfter = live.sessions.joinedAfter(session);
  return joinedAfter !== undefined && joinedAfter < live.frame;
}
