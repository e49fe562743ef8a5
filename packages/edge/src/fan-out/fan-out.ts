// Writes frames to the rooms of this edge in short slices, so that pings, joins and what is urgent never wait for a large room:
// control and gift go before chat between any two slices, and rooms of the same urgency take turns.
import type { BusFrame } from '@danmux/bus';
import type { Runtime } from '@danmux/runtime';
import type { Repeated } from '../feed/passed-ids.ts';
import type { DeliveryLedger } from '../outbox/delivery-ledger.ts';
import { EncodedFrame, eventPacket, type LaneCounts } from '../outbox/encoded-frame.ts';
import type { Hub } from '../room/hub.ts';
import type { Session } from '../session/session.ts';
import type { DeliveryReceipts } from './delivery-receipts.ts';
import { RoomWriter } from './room-writer.ts';

/** Writes between two looks at the clock and at who goes next; one takes some 10 µs. */
const writesAtOnce = 32;

export interface FanOutParts {
  readonly hub: Hub;
  readonly ledger: DeliveryLedger;
  /** A user's sessions on this edge. */
  sessionsOf(user: string): Iterable<Session>;
  readonly receipts: Pick<DeliveryReceipts, 'passed' | 'handed'>;
}

export class FanOut {
  readonly #hub: Hub;
  readonly #ledger: DeliveryLedger;
  readonly #sessionsOf: (user: string) => Iterable<Session>;
  readonly #receipts: Pick<DeliveryReceipts, 'passed' | 'handed'>;
  readonly #sliceMs: number;
  /** Turns with work, first to go first. */
  readonly #urgent = new Map<string, RoomWriter>();
  readonly #ordinary = new Map<string, RoomWriter>();
  #next: NodeJS.Immediate | undefined;

  constructor(runtime: Runtime, { hub, ledger, sessionsOf, receipts }: FanOutParts) {
    this.#hub = hub;
    this.#ledger = ledger;
    this.#sessionsOf = sessionsOf;
    this.#receipts = receipts;
    this.#sliceMs = runtime.config.edge.slice_ms;
  }

  /** The next frame of a room; returns for how many viewers. */
  frame(frame: BusFrame): number {
    const roster = this.#hub.roster(frame.head.room);
    if (!roster) return 0;
    const { room, counts, shed, senderOnly = [], receipts } = frame.head;
    for (const [user, message] of senderOnly) this.tellSender(room, user, message);
    if (shed || Object.keys(counts).length > 0) this.#turn(room, isUrgent(counts))?.addFrame(frame);
    // Its number in the room is known now; nothing is written before the next turn of the loop.
    if (receipts) this.#receipts.passed(receipts, roster, roster.frame);
    return roster.size;
  }

  /** A message for its sender alone: shed, or hidden from the others. It is not counted as delivered to anybody. */
  tellSender(room: string, user: string, message: string): void {
    const mine = [...this.#sessionsOf(user)].filter(({ rooms }) => rooms.has(room));
    if (mine.length === 0) return;
    const prepared = new EncodedFrame([eventPacket('frame', `{"room":${JSON.stringify(room)},"msgs":[${message}]}`)], { room, urgent: false });
    for (const session of mine) session.deliver(room, prepared);
  }

  /** Messages of before the store went back, for the viewers that came since and did not have them when they came. */
  again(room: string, repeated: readonly Repeated[]): void {
    for (const session of this.#hub.roster(room)?.late ?? []) {
      const missed = repeated.filter(({ lane, before }) => !session.had(room, lane, before));
      if (missed.length === 0) continue;
      const counts: LaneCounts = {};
      for (const { lane } of missed) counts[lane] = (counts[lane] ?? 0) + 1;
      const packet = eventPacket('frame', `{"room":${JSON.stringify(room)},"msgs":[${missed.map(({ text }) => text).join(',')}]}`);
      const prepared = new EncodedFrame([packet], { room, counts, urgent: isUrgent(counts) });
      this.#ledger.due(counts, 1);
      if (session.deliver(room, prepared)) this.#ledger.delivered(prepared, 1);
    }
  }

  /** What was taken back and waits for the room's viewers is not shown. */
  recall(room: string, ids: ReadonlySet<string>): void {
    this.#urgent.get(room)?.recall(ids);
    this.#ordinary.get(room)?.recall(ids);
    for (const session of this.#hub.roster(room)?.list ?? []) session.recall(room, ids);
  }

  /** An event for every viewer of a room; it goes after the frames of its urgency that wait. */
  event(room: string, prepared: EncodedFrame): void {
    this.#turn(room, prepared.urgent)?.addEvent(prepared);
  }

  stop(): void {
    if (this.#next) clearImmediate(this.#next);
    this.#next = undefined;
  }

  #turn(room: string, urgent: boolean): RoomWriter | undefined {
    const roster = this.#hub.roster(room);
    if (!roster) return undefined;
    const turns = urgent ? this.#urgent : this.#ordinary;
    const known = turns.get(room);
    this.#next ??= setImmediate(() => this.#work());
    // Of a room that was left and entered again the old sessions are gone, and with them who waited.
    if (known?.roster === roster) return known;
    known?.abandon();
    const turn = new RoomWriter(roster, urgent, this.#ledger, (ids, sessions) => this.#receipts.handed(room, ids, sessions));
    turns.set(room, turn);
    return turn;
  }

  #work(): void {
    const end = performance.now() + this.#sliceMs;
    this.#next = undefined;
    do {
      const turns = this.#urgent.size > 0 ? this.#urgent : this.#ordinary;
      const [first] = turns;
      if (!first) return;
      const [room, turn] = first;
      const done = turn.work(writesAtOnce);
      if (turns.get(room) !== turn) continue;
      // To the end of the line, or out of it.
      turns.delete(room);
      if (!done) turns.set(room, turn);
    } while (performance.now() < end);
    this.#next = setImmediate(() => this.#work());
  }
}

function isUrgent(counts: LaneCounts): boolean {
  return (counts.control ?? 0) > 0 || (counts.gift ?? 0) > 0;
}
