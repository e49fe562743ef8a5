// What waits to be written to one room, of one urgency, and the write that is under way: it can stop after any session and go
// on later. What came meanwhile is merged into the next write.
import type { BusFrame } from '@danmux/bus';
import type { Gap, GapReason, Lane } from '@danmux/protocol';
import { mergeFrames } from '../frame/merge-frames.ts';
import { withoutRecalled } from '../frame/recalls.ts';
import type { DeliveryLedger } from '../outbox/delivery-ledger.ts';
import { EncodedFrame, eventPacket, type LaneCounts } from '../outbox/encoded-frame.ts';
import type { RoomSessions } from '../room/room-sessions.ts';
import type { Session } from '../session/session.ts';

/** Told of messages that ask for receipts, once they were written to so many sessions. */
export type Handed = (ids: readonly string[], sessions: number) => void;

/** A frame on its way to the viewers that were in the room when it came. */
interface Passed {
  frame: BusFrame;
  /** Its number in the room. */
  readonly number: number;
  readonly viewers: number;
  handled: number;
}

interface Writing {
  readonly passed: readonly Passed[];
  prepared: EncodedFrame;
  readonly sessions: readonly Session[];
  readonly version: number;
  /** Where in `sessions` it began: another place every time, so that no viewer is always the last. */
  readonly start: number;
  done: number;
  /** Sessions that got or keep it whole, and those the bytes were handed to. */
  handled: number;
  sent: number;
  /** For viewers that joined in between: without the first so many frames, each encoded once. */
  readonly rests: Map<number, EncodedFrame>;
}

/** Characters of merged frames at most: the outbox of a viewer must hold several. */
const mergedCharacters = 262_144;
/** Characters that wait at most while nothing gets written; past it the oldest of what may be shed is dropped. */
const waitingCharacters = 1_048_576;

export class RoomWriter {
  readonly roster: RoomSessions;
  readonly urgent: boolean;
  readonly #ledger: DeliveryLedger;
  readonly #handed: Handed;
  #waiting: (Passed | EncodedFrame)[] = [];
  #characters = 0;
  #missed: LaneCounts = {};
  #writing: Writing | undefined;

  constructor(roster: RoomSessions, urgent: boolean, ledger: DeliveryLedger, handed: Handed) {
    this.roster = roster;
    this.urgent = urgent;
    this.#ledger = ledger;
    this.#handed = handed;
  }

  addFrame(frame: BusFrame): void {
    const { roster } = this;
    this.#ledger.due(frame.head.counts, roster.size);
    this.#waiting.push({ frame, number: ++roster.frame, viewers: roster.size, handled: 0 });
    this.#characters += frame.payload.length;
    if (!this.urgent) while (this.#characters > waitingCharacters && this.#shedOldest());
  }

  addEvent(prepared: EncodedFrame): void {
    this.#waiting.push(prepared);
  }

  /** What was taken back and is not written yet is not written. */
  recall(ids: ReadonlySet<string>): void {
    for (const item of this.#waiting) {
      if (item instanceof EncodedFrame) continue;
      this.#characters -= item.frame.payload.length;
      item.frame = withoutRecalled(item.frame, ids);
      this.#characters += item.frame.payload.length;
    }
    if (!this.#writing) return;
    this.#writing.prepared = this.#writing.prepared.without(ids);
    for (const [from, rest] of this.#writing.rests) this.#writing.rests.set(from, rest.without(ids));
    for (const passed of this.#writing.passed) passed.frame = withoutRecalled(passed.frame, ids);
  }

  /** Nobody is there any more. */
  abandon(): void {
    if (this.#writing) this.#settle({ ...this.#writing, done: this.#writing.sessions.length });
    for (const item of this.#waiting) if (!(item instanceof EncodedFrame)) this.#ledger.undeliverable({ counts: item.frame.head.counts }, item.viewers);
    this.#waiting = [];
    this.#writing = undefined;
  }

  get idle(): boolean {
    return this.#writing === undefined && this.#waiting.length === 0;
  }

  /** Characters of frames that wait. */
  get characters(): number {
    return this.#characters;
  }

  /** Writes to the next `limit` sessions; true when nothing is left to do. */
  work(limit: number): boolean {
    this.#writing ??= this.#begin();
    const writing = this.#writing;
    // It may have been abandoned while it wrote.
    if (writing && this.#write(writing, limit) && this.#writing === writing) {
      this.#settle(writing);
      this.#writing = undefined;
    }
    return this.idle;
  }

  #begin(): Writing | undefined {
    const first = this.#waiting[0];
    if (!first) return undefined;
    const { list: sessions, version } = this.roster;
    const passed = first instanceof EncodedFrame ? [] : this.#takeFrames();
    const prepared = first instanceof EncodedFrame ? first : this.#prepare(passed, this.#takeMissed());
    if (first instanceof EncodedFrame) this.#waiting.shift();
    return { passed, prepared, sessions, version, start: Math.floor(Math.random() * sessions.length), done: 0, handled: 0, sent: 0, rests: new Map() };
  }

  #takeFrames(): Passed[] {
    const taken: Passed[] = [];
    let characters = 0;
    for (const item of this.#waiting) {
      if (item instanceof EncodedFrame) break;
      const { length } = item.frame.payload;
      const follows = taken[0] === undefined || (taken[0].frame.head.epoch === item.frame.head.epoch && characters + length <= mergedCharacters);
      if (!follows) break;
      characters += length;
      taken.push(item);
    }
    this.#waiting.splice(0, taken.length);
    this.#characters -= characters;
    return taken;
  }

  #takeMissed(): LaneCounts {
    const missed = this.#missed;
    this.#missed = {};
    return missed;
  }

  #prepare(passed: readonly Passed[], missed: LaneCounts): EncodedFrame {
    const { head, payload } = mergeFrames(passed.map(({ frame }) => frame));
    const { room } = this.roster;
    const gaps = [...gapsOf(room, head.shed ?? {}, 'budget'), ...gapsOf(room, missed, 'overload')];
    const frames = Object.keys(head.counts).length > 0 ? [eventPacket('frame', payload)] : [];
    const packets = [...frames, ...gaps.map((gap) => eventPacket('gap', JSON.stringify(gap)))];
    return new EncodedFrame(packets, { room, counts: head.counts, gaps, urgent: this.urgent });
  }

  /** True when all sessions were written to. */
  #write(writing: Writing, limit: number): boolean {
    const { sessions, passed, start } = writing;
    const { room } = this.roster;
    const first = passed[0]?.number ?? 0;
    const end = Math.min(sessions.length, writing.done + limit);
    const late = passed.length > 0 && this.roster.lastJoin >= first;
    for (; writing.done < end; writing.done++) {
      const session = sessions[(start + writing.done) % sessions.length];
      if (!session) continue;
      const changed = late || this.roster.version !== writing.version;
      const since = changed ? this.roster.since(session) : -1;
      if (since === undefined) continue;
      if (since < first || passed.length === 0) {
        writing.handled++;
        if (session.deliver(room, writing.prepared)) writing.sent++;
      } else {
        this.#deliverRest(session, writing, since - first + 1);
      }
    }
    return writing.done >= sessions.length;
  }

  /** To a viewer that joined while the frames waited: only those it was not given with its join. */
  #deliverRest(session: Session, { passed, rests }: Writing, from: number): void {
    const rest = passed.slice(from);
    if (rest.length === 0) return;
    const prepared = rests.get(from) ?? this.#prepare(rest, {});
    rests.set(from, prepared);
    for (const one of rest) one.handled++;
    if (session.deliver(this.roster.room, prepared)) this.#ledger.delivered(prepared, 1);
  }

  #settle({ prepared, passed, handled: whole, sent }: Writing): void {
    this.#ledger.delivered(prepared, sent);
    for (const { frame, viewers, handled } of passed) {
      if (frame.head.receipts) this.#handed(frame.head.receipts, whole + handled);
      const left = viewers - whole - handled;
      if (left > 0) this.#ledger.undeliverable({ counts: frame.head.counts }, left);
    }
  }

  #shedOldest(): boolean {
    const at = this.#waiting.findIndex((item) => !(item instanceof EncodedFrame));
    const oldest = this.#waiting[at];
    if (!oldest || oldest instanceof EncodedFrame) return false;
    this.#waiting.splice(at, 1);
    this.#characters -= oldest.frame.payload.length;
    this.#ledger.shed({ counts: oldest.frame.head.counts }, 'overload', oldest.viewers);
    for (const [lane, count] of Object.entries(oldest.frame.head.counts) as [Lane, number][]) this.#missed[lane] = (this.#missed[lane] ?? 0) + count;
    return true;
  }
}

function gapsOf(room: string, counts: LaneCounts, reason: GapReason): Gap[] {
  return (Object.entries(counts) as [Lane, number][]).filter(([, count]) => count > 0).map(([lane, count]) => ({ room, lane, count, reason }));
}
