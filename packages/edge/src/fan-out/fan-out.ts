// Writes frames to the viewers of this edge in short time slices, so pings, joins and urgent frames never wait for a large room. Control
// and gift frames go before chat at every step, and rooms of the same urgency take turns.
import type { BusFrame } from '@danmux/bus';
import type { TraceHops } from '@danmux/cluster';
import type { Gap } from '@danmux/protocol';
import type { Runtime } from '@danmux/runtime';
import type { Repeated } from '../feed/passed-ids.ts';
import type { FeedOutput } from '../feed/room-feed.ts';
import { eventPacket, framePackets } from '../frame/event-packet.ts';
import type { Recalled } from '../frame/recalls.ts';
import type { DeliveryLedger } from '../outbox/delivery-ledger.ts';
import { EncodedFrame, encodeGap, type LaneCounts } from '../outbox/encoded-frame.ts';
import type { Hub } from '../room/hub.ts';
import type { Session } from '../session/session.ts';
import type { DeliveryReceipts } from './delivery-receipts.ts';
import { type ReceiptOutput, RoomWriter } from './room-writer.ts';

/** Sessions written per step. After each step the clock is checked and the next room has its turn; one write takes about 10 µs. */
const writesPerStep = 32;

interface UserSessions {
  /** A user's sessions on this edge. */
  of(user: string): Iterable<Session>;
}

export interface FanOutParts {
  readonly hub: Hub;
  readonly ledger: DeliveryLedger;
  readonly sessions: UserSessions;
  readonly receipts: Pick<DeliveryReceipts, 'track' | 'delivered'>;
  readonly hops: Pick<TraceHops, 'add'>;
}

export class FanOut implements FeedOutput {
  readonly #runtime: Runtime;
  readonly #hub: Hub;
  readonly #ledger: DeliveryLedger;
  readonly #sessions: UserSessions;
  readonly #receipts: FanOutParts['receipts'];
  readonly #hops: FanOutParts['hops'];
  readonly #sliceMs: number;
  readonly #frameBytes: number;
  /** Writers of rooms with queued urgent frames, by room; the first is written next. */
  readonly #urgent = new Map<string, RoomWriter>();
  readonly #ordinary = new Map<string, RoomWriter>();
  #next: NodeJS.Immediate | undefined;

  constructor(runtime: Runtime, { hub, ledger, sessions, receipts, hops }: FanOutParts) {
    this.#runtime = runtime;
    this.#hub = hub;
    this.#ledger = ledger;
    this.#sessions = sessions;
    this.#receipts = receipts;
    this.#hops = hops;
    this.#sliceMs = runtime.config.edge.slice_ms;
    this.#frameBytes = runtime.config.edge.frame_bytes;
  }

  /** Queues the next frame of a room; returns the number of viewers in the room. */
  frame(frame: BusFrame): number {
    const { room, counts, shed, senderOnly = [], receipts, traces } = frame.head;
    const sessions = this.#hub.sessionsIn(room);
    const viewers = sessions?.size ?? 0;
    if (sessions) {
      for (const [user, message] of senderOnly) this.toSender(room, user, message);
      if (shed || Object.keys(counts).length > 0) this.#writerOf(room, isUrgent(counts))?.addFrame(frame);
      // `addFrame` has numbered the frame, and its first write follows in a later turn of the event loop, so tracking precedes sending.
      if (receipts) this.#receipts.track(receipts, sessions, sessions.lastFrame);
    }
    for (const [id, trace] of traces) {
      this.#runtime.log.debug({ trace, id, room, viewers, hop: 'edge' }, 'delivering');
      this.#hops.add({ room, id, trace, hop: 'delivered', viewers });
    }
    return viewers;
  }

  /** Queues a gap event, which reports messages that the room's viewers will not get. A gap with a position also starts a new epoch. */
  gap(gap: Gap): void {
    if (gap.position) this.#hub.sessionsIn(gap.room)?.beginEpoch();
    this.event(gap.room, encodeGap(gap));
  }

  /** Sends a message to its sender alone, because it was shed or is hidden from others. The ledger does not count it. */
  toSender(room: string, user: string, message: string): void {
    const mine = [...this.#sessions.of(user)].filter(({ rooms }) => rooms.has(room));
    if (mine.length === 0) return;
    const encoded = new EncodedFrame([eventPacket('frame', `{"room":${JSON.stringify(room)},"msgs":[${message}]}`)], { room, urgent: false });
    for (const session of mine) session.deliver(room, encoded);
  }

  /** Sends messages that were delivered before the new epoch to viewers that joined after it began and do not have them. */
  repeated(room: string, repeated: readonly Repeated[]): void {
    for (const session of this.#hub.sessionsIn(room)?.newcomers ?? []) {
      const missed = repeated.filter(({ lane, before }) => !session.hasSeen(room, lane, before));
      if (missed.length === 0) continue;
      const counts: LaneCounts = {};
      for (const { lane } of missed) counts[lane] = (counts[lane] ?? 0) + 1;
      const maxBytes = this.#frameBytes;
      const packets = framePackets(`{"room":${JSON.stringify(room)},"msgs":[${missed.map(({ text }) => text).join(',')}]}`, maxBytes);
      const encoded = new EncodedFrame(packets, { room, counts, urgent: isUrgent(counts), maxBytes });
      this.#ledger.due(counts, 1);
      if (session.deliver(room, encoded)) this.#ledger.delivered(encoded, 1);
    }
  }

  /** Replaces recalled messages in queued frames of the room with tombstones. */
  recalled(room: string, recalled: Recalled): void {
    this.#urgent.get(room)?.recall(recalled);
    this.#ordinary.get(room)?.recall(recalled);
    for (const session of this.#hub.sessionsIn(room)?.list ?? []) session.recall(room, recalled);
  }

  /** Queues an event for every viewer of a room, behind the queued frames of the same urgency. */
  event(room: string, encoded: EncodedFrame): void {
    this.#writerOf(room, encoded.urgent)?.addEvent(encoded);
  }

  stop(): void {
    if (this.#next) clearImmediate(this.#next);
    this.#next = undefined;
  }

  #writerOf(room: string, urgent: boolean): RoomWriter | undefined {
    const sessions = this.#hub.sessionsIn(room);
    if (!sessions) return undefined;
    const writers = urgent ? this.#urgent : this.#ordinary;
    const known = writers.get(room);
    this.#next ??= setImmediate(() => this.#work());
    // A room that became empty gets a new RoomSessions at the next join; the frames of the old writer have no viewers left.
    if (known?.room === sessions) return known;
    known?.abandon();
    const receipts: ReceiptOutput = (ids, count) => this.#receipts.delivered(room, ids, count);
    const writer = new RoomWriter(sessions, urgent, { ledger: this.#ledger, receipts, frameBytes: this.#frameBytes });
    writers.set(room, writer);
    return writer;
  }

  #work(): void {
    const end = performance.now() + this.#sliceMs;
    this.#next = undefined;
    do {
      const writers = this.#urgent.size > 0 ? this.#urgent : this.#ordinary;
      const [first] = writers;
      if (!first) return;
      const [room, writer] = first;
      const done = writer.write(writesPerStep);
      if (writers.get(room) !== writer) continue;
      // Rooms take turns: a room with frames left moves to the end, an empty one is removed.
      writers.delete(room);
      if (!done) writers.set(room, writer);
    } while (performance.now() < end);
    this.#next = setImmediate(() => this.#work());
  }
}

function isUrgent(counts: LaneCounts): boolean {
  return (counts.control ?? 0) > 0 || (counts.gift ?? 0) > 0;
}
