// One viewer's send queue. As long as the viewer keeps up it holds nothing; behind, it keeps what is urgent and sheds the rest,
// oldest first, and says how many with a `gap`. Past its cap of urgent bytes the viewer is too slow to be kept.
import type { Gap, Lane } from '@danmux/protocol';
import type { DeliveryLedger } from './delivery-ledger.ts';
import { type EncodedFrame, encodeEvent } from './encoded-frame.ts';
import type { Flusher } from './flusher.ts';
import { joined, takeJoinable } from './joined-frames.ts';
import type { Wire } from './wire.ts';

export interface OutboxParts {
  readonly ledger: DeliveryLedger;
  readonly flusher: Flusher;
  /** Bytes in all. */
  readonly cap: number;
}
export interface OutboxOwner {
  /** Called once, when what must be kept is more than the cap. */
  overflow(): void;
}

/** The part of the cap that what may be shed can take: it is worth little when it is late. */
const sheddableShare = 0.25;

export class Outbox {
  readonly #wire: Wire;
  readonly #parts: OutboxParts;
  readonly #owner: OutboxOwner;
  #urgent: EncodedFrame[] | undefined;
  #sheddable: EncodedFrame[] | undefined;
  #urgentBytes = 0;
  #sheddableBytes = 0;
  /** What was shed and is not told yet, by room, lane and reason. */
  #missed: Map<string, Gap> | undefined;
  #closed = false;

  constructor(wire: Wire, parts: OutboxParts, owner: OutboxOwner) {
    this.#wire = wire;
    this.#parts = parts;
    this.#owner = owner;
  }

  /** Bytes it holds. */
  get bytes(): number {
    return this.#urgentBytes + this.#sheddableBytes;
  }

  /** True when the bytes were handed on at once; what is kept is settled with the ledger later. */
  write(encoded: EncodedFrame): boolean {
    if (this.bytes === 0 && this.#missed === undefined && this.#wire.ready) {
      this.#wire.write(encoded);
      return true;
    }
    if (this.#closed) this.#parts.ledger.undeliverable(encoded);
    else this.#keep(encoded);
    return false;
  }

  #keep(encoded: EncodedFrame): void {
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
    // One alone, however large, is no slow viewer.
    if (this.bytes > cap && (this.#urgent?.length ?? 0) > 1) this.#overflow();
    else this.#parts.flusher.add(this);
  }

  /** Of what waits for a room, these are not to be shown any more. */
  recall(room: string, ids: ReadonlySet<string>): void {
    if (this.bytes === 0) return;
    const without = (encoded: EncodedFrame) => (encoded.room === room ? encoded.without(ids) : encoded);
    this.#urgent = this.#urgent?.map(without);
    this.#sheddable = this.#sheddable?.map(without);
    this.#urgentBytes = bytesOf(this.#urgent);
    this.#sheddableBytes = bytesOf(this.#sheddable);
  }

  /** Writes what the wire takes; true when nothing waits any more. */
  flush(): boolean {
    while (this.#wire.ready && !this.#closed) {
      const missed = this.#missed;
      this.#missed = undefined;
      for (const gap of missed?.values() ?? []) this.#wire.write(encodeEvent('gap', gap));
      const taken = this.#take();
      if (taken.length === 0) return true;
      this.#wire.write(joined(taken));
      for (const encoded of taken) this.#parts.ledger.delivered(encoded, 1);
    }
    return this.#closed;
  }

  /** The next, and where packets are counted what can go in one frame with it. */
  #take(): EncodedFrame[] {
    const urgent = this.#takeOf(this.#urgent);
    this.#urgentBytes -= bytesOf(urgent);
    if (urgent.length > 0) return urgent;
    const sheddable = this.#takeOf(this.#sheddable);
    this.#sheddableBytes -= bytesOf(sheddable);
    return sheddable;
  }

  #takeOf(queue: EncodedFrame[] = []): EncodedFrame[] {
    return this.#wire.counted ? takeJoinable(queue) : queue.splice(0, 1);
  }

  #shedOldest(): void {
    const oldest = this.#sheddable?.shift();
    if (!oldest) return;
    this.#sheddableBytes -= oldest.bytes;
    this.#parts.ledger.shed(oldest, 'slow');
    const { room, counts, gaps } = oldest;
    for (const [lane, count] of Object.entries(counts ?? {}) as [Lane, number][]) this.#miss({ room, lane, count, reason: 'slow' });
    // What it would have told is still to be told.
    for (const gap of gaps) this.#miss(gap);
  }

  #miss(gap: Gap): void {
    this.#missed ??= new Map();
    const key = `${gap.room} ${gap.lane} ${gap.reason}`;
    this.#missed.set(key, { ...gap, count: gap.count + (this.#missed.get(key)?.count ?? 0) });
  }

  #overflow(): void {
    this.close();
    this.#owner.overflow();
  }

  /** Nothing is written any more; what waits cannot be delivered. */
  close(): void {
    this.#closed = true;
    this.#parts.flusher.remove(this);
    for (const encoded of [...(this.#urgent ?? []), ...(this.#sheddable ?? [])]) this.#parts.ledger.undeliverable(encoded);
    this.#urgent = undefined;
    this.#sheddable = undefined;
    this.#missed = undefined;
    this.#urgentBytes = 0;
    this.#sheddableBytes = 0;
  }
}

function bytesOf(waiting: readonly EncodedFrame[] | undefined): number {
  return waiting?.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
}
