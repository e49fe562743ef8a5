// One viewer's send queue, empty while the viewer keeps up. For a slow viewer it queues frames, sheds the oldest non-urgent frames past
// their share of the cap, and reports the number of shed messages in a `gap`. When urgent frames exceed the cap, it closes and reports an overflow.
import type { Gap, Lane } from '@danmux/protocol';
import type { Recalled } from '../frame/recalls.ts';
import type { Backlog } from './backlog.ts';
import type { DeliveryLedger } from './delivery-ledger.ts';
import { type EncodedFrame, encodeEvent } from './encoded-frame.ts';
import type { Flusher } from './flusher.ts';
import { joined, takeJoinable } from './joined-frames.ts';
import type { Wire } from './wire.ts';

export interface OutboxParts {
  readonly ledger: DeliveryLedger;
  readonly flusher: Flusher;
  /** Cap of queued bytes, urgent and sheddable together. */
  readonly cap: number;
  /** Cap of a frame that joins several queued ones, bytes (`edge.frame_bytes`). */
  readonly frameBytes: number;
}
export interface OutboxOwner {
  /** Called once, when urgent frames exceed the cap; the outbox is closed by then. */
  overflow(): void;
}

/** Frames of a backlog written per flush, so that one viewer does not hold up the others. */
const backlogFrames = 4;

/** Share of the cap open to sheddable frames; late chat is worth little. */
const sheddableShare = 0.25;

export class Outbox {
  readonly #wire: Wire;
  readonly #parts: OutboxParts;
  readonly #owner: OutboxOwner;
  #urgent: EncodedFrame[] | undefined;
  #sheddable: EncodedFrame[] | undefined;
  #urgentBytes = 0;
  #sheddableBytes = 0;
  /** Gaps not yet sent to the viewer, by room, lane and reason. */
  #unsentGaps: Map<string, Gap> | undefined;
  /** Messages of joins that did not fit into the replies, in the order of the joins. */
  #backlogs: Backlog[] | undefined;
  #closed = false;

  constructor(wire: Wire, parts: OutboxParts, owner: OutboxOwner) {
    this.#wire = wire;
    this.#parts = parts;
    this.#owner = owner;
  }

  /** Bytes queued. */
  get bytes(): number {
    return this.#urgentBytes + this.#sheddableBytes;
  }

  /**
   * Writes a frame, or queues it for a slow viewer. True when it was written immediately; the caller then counts it in the ledger. The outbox counts
   * a queued frame when it is written, shed or dropped.
   */
  write(encoded: EncodedFrame): boolean {
    if (this.bytes === 0 && this.#unsentGaps === undefined && this.#wire.ready) {
      this.#wire.write(encoded);
      return true;
    }
    if (this.#closed) this.#parts.ledger.undeliverable(encoded);
    else this.#enqueue(encoded);
    return false;
  }

  #enqueue(encoded: EncodedFrame): void {
    const { bytes } = encoded;
    if (encoded.urgent) {
      this.#urgent ??= [];
      this.#urgent.push(encoded);
      this.#urgentBytes += bytes;
    } else {
      this.#sheddable ??= [];
      this.#sheddable.push(encoded);
      this.#sheddableBytes += bytes;
    }
    const { cap } = this.#parts;
    while (this.#sheddableBytes > cap * sheddableShare || (this.#sheddableBytes > 0 && this.bytes > cap)) this.#shedOldest();
    // One queued urgent frame of any size is no overflow, because a single large frame does not show that the viewer is slow.
    if (this.bytes > cap && (this.#urgent?.length ?? 0) > 1) this.#overflow();
    else this.#parts.flusher.add(this);
  }

  /** Adds a backlog. Its frames are written while the wire is ready, after queued urgent frames and before queued chat. */
  addBacklog(backlog: Backlog): void {
    if (this.#closed) return;
    this.#backlogs ??= [];
    this.#backlogs.push(backlog);
    if (!this.flush()) this.#parts.flusher.add(this);
  }

  /** Removes the backlog of a room and returns it; `addBacklog` continues it. */
  takeBacklog(room: string): Backlog | undefined {
    const taken = this.#backlogs?.find((backlog) => backlog.room === room);
    if (taken) this.#backlogs = this.#backlogs?.filter((backlog) => backlog !== taken);
    return taken;
  }

  /** Replaces recalled messages in queued frames of a room with tombstones. */
  recall(room: string, recalled: Recalled): void {
    for (const backlog of this.#backlogs ?? []) if (backlog.room === room) backlog.recall(recalled);
    if (this.bytes === 0) return;
    const without = (encoded: EncodedFrame) => (encoded.room === room ? encoded.without(recalled) : encoded);
    this.#urgent = this.#urgent?.map(without);
    this.#sheddable = this.#sheddable?.map(without);
    this.#urgentBytes = bytesOf(this.#urgent);
    this.#sheddableBytes = bytesOf(this.#sheddable);
  }

  /** Writes queued frames and backlogs while the wire is ready; true when none is left or the outbox is closed. */
  flush(): boolean {
    let backlogWrites = 0;
    while (this.#wire.ready && !this.#closed) {
      const unsentGaps = this.#unsentGaps;
      this.#unsentGaps = undefined;
      for (const gap of unsentGaps?.values() ?? []) this.#wire.write(encodeEvent('gap', gap));
      if (this.#urgentBytes === 0 && backlogWrites < backlogFrames && this.#parts.flusher.backlogTime && this.#writeBacklog()) {
        backlogWrites++;
        continue;
      }
      const taken = this.#take();
      if (taken.length === 0) return !this.#backlogs?.length;
      this.#wire.write(joined(taken));
      for (const encoded of taken) this.#parts.ledger.delivered(encoded, 1);
    }
    return this.#closed;
  }

  /** Writes the next frame of the first backlog; false when there is none. */
  #writeBacklog(): boolean {
    const backlog = this.#backlogs?.[0];
    if (!backlog) return false;
    const encoded = backlog.next();
    this.#wire.write(encoded);
    this.#parts.ledger.delivered(encoded, 1);
    if (backlog.empty) {
      this.#backlogs?.shift();
      backlog.end();
    }
    return true;
  }

  /** Removes the next frame to write, urgent first; on a wire that limits packets also the frames that can be joined with it. */
  #take(): EncodedFrame[] {
    const urgent = this.#takeOf(this.#urgent);
    this.#urgentBytes -= bytesOf(urgent);
    if (urgent.length > 0) return urgent;
    const sheddable = this.#takeOf(this.#sheddable);
    this.#sheddableBytes -= bytesOf(sheddable);
    return sheddable;
  }

  #takeOf(queue: EncodedFrame[] = []): EncodedFrame[] {
    return this.#wire.limitsPackets ? takeJoinable(queue, this.#parts.frameBytes) : queue.splice(0, 1);
  }

  #shedOldest(): void {
    const oldest = this.#sheddable?.shift();
    if (!oldest) return;
    this.#sheddableBytes -= oldest.bytes;
    this.#parts.ledger.shed(oldest, 'slow');
    const { room, counts, gaps } = oldest;
    for (const [lane, count] of Object.entries(counts ?? {}) as [Lane, number][]) this.#noteGap({ room, lane, count, reason: 'slow' });
    // The gaps that the shed frame would have reported must still reach the viewer.
    for (const gap of gaps) this.#noteGap(gap);
  }

  #noteGap(gap: Gap): void {
    this.#unsentGaps ??= new Map();
    const key = `${gap.room} ${gap.lane} ${gap.reason}`;
    this.#unsentGaps.set(key, { ...gap, count: gap.count + (this.#unsentGaps.get(key)?.count ?? 0) });
  }

  #overflow(): void {
    this.close();
    this.#owner.overflow();
  }

  /** Stops writing; queued frames count as undeliverable. */
  close(): void {
    this.#closed = true;
    this.#parts.flusher.remove(this);
    for (const encoded of [...(this.#urgent ?? []), ...(this.#sheddable ?? [])]) this.#parts.ledger.undeliverable(encoded);
    this.#urgent = undefined;
    this.#sheddable = undefined;
    this.#unsentGaps = undefined;
    this.#backlogs = undefined;
    this.#urgentBytes = 0;
    this.#sheddableBytes = 0;
  }
}

function bytesOf(waiting: readonly EncodedFrame[] | undefined): number {
  return waiting?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
}
