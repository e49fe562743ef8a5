// Queues the frames of one room and urgency and writes them to the room's sessions. A write can pause after any session and resume later;
// frames that arrive meanwhile are merged into the next write.
import type { BusFrame } from '@danmux/bus';
import type { Gap, GapReason, Lane } from '@danmux/protocol';
import { eventPacket, framePackets } from '../frame/event-packet.ts';
import { mergeFrames } from '../frame/merge-frames.ts';
import { type Recalled, withoutRecalled } from '../frame/recalls.ts';
import type { DeliveryLedger } from '../outbox/delivery-ledger.ts';
import { EncodedFrame, type LaneCounts } from '../outbox/encoded-frame.ts';
import type { RoomSessions } from '../room/room-sessions.ts';
import type { Session } from '../session/session.ts';

/** Called after a write with the ids of messages that request receipts and the number of sessions written to. */
export type ReceiptOutput = (ids: readonly string[], sessions: number) => void;

export interface RoomWriterParts {
  readonly ledger: DeliveryLedger;
  readonly receipts: ReceiptOutput;
  /** Cap of a packet with several messages, bytes (`edge.frame_bytes`). */
  readonly frameBytes: number;
}

/** A queued frame; only viewers that were in the room when it arrived get it. */
interface QueuedFrame {
  frame: BusFrame;
  /** Number of the frame in its room on this edge, counted over both urgencies. */
  readonly number: number;
  readonly viewers: number;
  handled: number;
}

interface Writing {
  readonly frames: readonly QueuedFrame[];
  encoded: EncodedFrame;
  readonly sessions: readonly Session[];
  readonly version: number;
  /** Index in `sessions` to start at; random, so no viewer is always written last. */
  readonly start: number;
  done: number;
  /** `handled`: number of sessions that got all frames of this write. `sent`: those to which the frames were written without queueing. */
  handled: number;
  sent: number;
  /** Encodings for viewers that joined between these frames, keyed by the indexes of the first frame and after the last. */
  readonly partial: Map<string, EncodedFrame>;
}

/** Maximum characters of the frames merged into one write, so that a viewer's outbox has room for several writes. */
const mergedCharacters = 262_144;
/** Cap of queued non-urgent frames in characters; past it the oldest are shed as `overload`. */
const waitingCharacters = 1_048_576;

export class RoomWriter {
  readonly room: RoomSessions;
  readonly urgent: boolean;
  readonly #ledger: DeliveryLedger;
  readonly #receipts: ReceiptOutput;
  readonly #frameBytes: number;
  #waiting: (QueuedFrame | EncodedFrame)[] = [];
  #characters = 0;
  /** Messages shed here and not yet reported to viewers in a `gap`. */
  #shed: LaneCounts = {};
  #writing: Writing | undefined;

  constructor(room: RoomSessions, urgent: boolean, { ledger, receipts, frameBytes }: RoomWriterParts) {
    this.room = room;
    this.urgent = urgent;
    this.#ledger = ledger;
    this.#receipts = receipts;
    this.#frameBytes = frameBytes;
  }

  addFrame(frame: BusFrame): void {
    const { room } = this;
    this.#ledger.due(frame.head.counts, room.size);
    this.#waiting.push({ frame, number: room.nextFrame(), viewers: room.size, handled: 0 });
    this.#characters += frame.payload.length;
    if (!this.urgent) while (this.#characters > waitingCharacters && this.#shedOldest());
  }

  addEvent(event: EncodedFrame): void {
    this.#waiting.push(event);
  }

  /** Replaces recalled messages that are not yet written with tombstones. */
  recall(recalled: Recalled): void {
    for (const item of this.#waiting) {
      if (item instanceof EncodedFrame) continue;
      this.#characters -= item.frame.payload.length;
      item.frame = withoutRecalled(item.frame, recalled);
      this.#characters += item.frame.payload.length;
    }
    if (!this.#writing) return;
    this.#writing.encoded = this.#writing.encoded.without(recalled);
    for (const [key, part] of this.#writing.partial) this.#writing.partial.set(key, part.without(recalled));
    for (const queued of this.#writing.frames) queued.frame = withoutRecalled(queued.frame, recalled);
  }

  /** Call when every viewer has left the room: queued frames count as undeliverable. */
  abandon(): void {
    if (this.#writing) this.#settle({ ...this.#writing, done: this.#writing.sessions.length });
    for (const item of this.#waiting) if (!(item instanceof EncodedFrame)) this.#ledger.undeliverable({ counts: item.frame.head.counts }, item.viewers);
    this.#waiting = [];
    this.#writing = undefined;
  }

  get idle(): boolean {
    return this.#writing === undefined && this.#waiting.length === 0;
  }

  /** Characters in queued frames. */
  get characters(): number {
    return this.#characters;
  }

  /** Writes to the next `limit` sessions; true when the queue is empty. */
  write(limit: number): boolean {
    this.#writing ??= this.#begin();
    const writing = this.#writing;
    // `abandon` may have been called during the write.
    if (writing && this.#writeTo(writing, limit) && this.#writing === writing) {
      this.#settle(writing);
      this.#writing = undefined;
    }
    return this.idle;
  }

  #begin(): Writing | undefined {
    const first = this.#waiting[0];
    if (!first) return undefined;
    const { list: sessions, version } = this.room;
    const frames = first instanceof EncodedFrame ? [] : this.#dequeueFrames();
    const encoded = first instanceof EncodedFrame ? first : this.#encode(frames, this.#resetShed());
    if (first instanceof EncodedFrame) this.#waiting.shift();
    return { frames, encoded, sessions, version, start: Math.floor(Math.random() * sessions.length), done: 0, handled: 0, sent: 0, partial: new Map() };
  }

  /** Removes the first frame and the frames behind it that can be merged with it. */
  #dequeueFrames(): QueuedFrame[] {
    const taken: QueuedFrame[] = [];
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

  #resetShed(): LaneCounts {
    const shed = this.#shed;
    this.#shed = {};
    return shed;
  }

  #encode(queued: readonly QueuedFrame[], shed: LaneCounts): EncodedFrame {
    const { head, payload } = mergeFrames(queued.map(({ frame }) => frame));
    const { room } = this.room;
    const gaps = [...gapsOf(room, head.shed ?? {}, 'budget'), ...gapsOf(room, shed, 'overload')];
    const frames = Object.keys(head.counts).length > 0 ? framePackets(payload, this.#frameBytes) : [];
    const packets = [...frames, ...gaps.map((gap) => eventPacket('gap', JSON.stringify(gap)))];
    return new EncodedFrame(packets, { room, counts: head.counts, gaps, urgent: this.urgent, maxBytes: this.#frameBytes });
  }

  /** Writes to the next `limit` sessions of this write; true after the last session. */
  #writeTo(writing: Writing, limit: number): boolean {
    const { sessions, frames, start } = writing;
    const { room } = this.room;
    const first = frames[0]?.number ?? 0;
    const end = Math.min(sessions.length, writing.done + limit);
    const joinedLater = frames.length > 0 && this.room.lastJoin >= first;
    for (; writing.done < end; writing.done++) {
      const session = sessions[(start + writing.done) % sessions.length];
      if (!session) continue;
      const changed = joinedLater || this.room.version !== writing.version;
      const joinedAfter = changed ? this.room.joinedAfter(session) : -1;
      if (joinedAfter === undefined) continue;
      const repeatedAfter = changed ? this.room.repeatedAfter(session) : undefined;
      if (frames.length === 0 || (joinedAfter < first && (repeatedAfter ?? -1) < first)) {
        writing.handled++;
        if (session.deliver(room, writing.encoded)) writing.sent++;
      } else {
        this.#deliverParts(session, writing, joinedAfter, repeatedAfter);
      }
    }
    return writing.done >= sessions.length;
  }

  /**
   * Writes to a viewer that joined while the frames were queued; skips the frames that its join reply covers. The reply of a repeated join that is
   * not answered yet may still fail, so the frames from before it are held.
   */
  #deliverParts(session: Session, writing: Writing, joinedAfter: number, repeatedAfter = joinedAfter): void {
    const { room } = this.room;
    const [from, to] = [countUpTo(writing.frames, joinedAfter), countUpTo(writing.frames, Math.max(joinedAfter, repeatedAfter))];
    const former = this.#part(writing, from, to);
    if (former) session.deliverFormer(room, former);
    const encoded = this.#part(writing, to, writing.frames.length);
    if (encoded && session.deliver(room, encoded)) this.#ledger.delivered(encoded, 1);
  }

  /** The frames of a write from one index to another, encoded; null when there are none. */
  #part(writing: Writing, from: number, to: number): EncodedFrame | null {
    const frames = writing.frames.slice(from, to);
    if (frames.length === 0) return null;
    for (const one of frames) one.handled++;
    if (frames.length === writing.frames.length) return writing.encoded;
    const key = `${from} ${to}`;
    const encoded = writing.partial.get(key) ?? this.#encode(frames, {});
    writing.partial.set(key, encoded);
    return encoded;
  }

  #settle({ encoded, frames, handled: whole, sent }: Writing): void {
    this.#ledger.delivered(encoded, sent);
    for (const { frame, viewers, handled } of frames) {
      if (frame.head.receipts) this.#receipts(frame.head.receipts, whole + handled);
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
    for (const [lane, count] of Object.entries(oldest.frame.head.counts) as [Lane, number][]) this.#shed[lane] = (this.#shed[lane] ?? 0) + count;
    return true;
  }
}

function gapsOf(room: string, counts: LaneCounts, reason: GapReason): Gap[] {
  return (Object.entries(counts) as [Lane, number][]).filter(([, count]) => count > 0).map(([lane, count]) => ({ room, lane, count, reason }));
}

/**
 * How many of the frames have a number up to this. Frames are compared by number, not by index: urgent and other frames of a room share one
 * numbering, so the numbers have gaps.
 */
function countUpTo(frames: readonly QueuedFrame[], number: number): number {
  const later = frames.findIndex((frame) => frame.number > number);
  return later < 0 ? frames.length : later;
}
