// One viewer's send queue, empty while the viewer keeps up. For a slow viewer it queues frames, sheds the oldest non-urgent frames past
// their share of the cap, and reports the number of shed messages in a `gap`. When urgent frames exceed the cap, it closes and reports an overflow.
import type { Gap, Lane } from '@danmux/protocol';
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
}
export interface OutboxOwner {
  /** Called once, when urgent frames exceed the cap; the outbox is closed by then. */
  overflow(): void;
}

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

  /** True when the frame was written immediately; the outbox counts a queued frame in the ledger when it is written, shed or dropped. */
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
    // A single queued frame, however large, does not make a viewer slow.
    if (this.bytes > cap && (this.#urgent?.length ?? 0) > 1) this.#overflow();
    else this.#parts.flusher.add(this);
  }

  /** Replaces recalled messages in queued frames of a room with tombstones. */
  recall(room: string, ids: ReadonlySet<string>): void {
    if (this.bytes === 0) return;
    const without = (encoded: EncodedFrame) => (encoded.room === room ? encoded.without(ids) : encoded);
    this.#urgent = this.#urgent?.map(without);
    this.#sheddable = this.#sheddable?.map(without);
    this.#urgentBytes = bytesOf(this.#urgent);
    this.#sheddableBytes = bytesOf(this.#sheddable);
  }

  /** Writes queued frames while the wire is ready; true when the queue is empty or closed. */
  flush(): boolean {
    while (this.#wire.ready && !this.#closed) {
      const unsentGaps = this.#unsentGaps;
      this.#unsentGaps = undefined;
      for (const gap of unsentGaps?.values() ?? []) this.#wire.write(encodeEvent('gap', gap));
      const taken = this.#take();
      if (taken.length === 0) return true;
      this.#wire.write(joined(taken));
      for (const encoded of taken) this.#parts.ledger.delivered(encoded, 1);
    }
    return this.#closed;
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
    return this.#wire.limitsPackets ? takeJoinable(queue) : queue.splice(0, 1);
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
    this.#urgentBytes = 0;
    this.#sheddableBytes = 0;
  }
}

function bytesOf(waiting: readonly EncodedFrame[] | undefined): number {
  return waiting?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
}
