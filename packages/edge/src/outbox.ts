// One viewer's send queue. The bytes wait in engine.io's write buffer; this counts them, because nothing else does, and
// says when the viewer reads too slowly to be kept.
import type { Prepared } from './prepared.ts';

/** The part of an engine.io socket an outbox needs. */
export interface Wire {
  write(data: string, options?: object): unknown;
  on(event: 'flush' | 'drain', listener: () => void): unknown;
}

export class Outbox {
  readonly #wire: Wire;
  readonly #cap: number;
  readonly #overflow: () => void;
  /** Handed to the transport, not yet taken by the kernel. */
  #sending = 0;
  /** Waiting behind it. */
  #waiting = 0;
  #closed = false;

  /** `overflow` is called once, when more than `cap` bytes wait. */
  constructor(wire: Wire, cap: number, overflow: () => void) {
    this.#wire = wire;
    this.#cap = cap;
    this.#overflow = overflow;
    wire.on('flush', () => {
      this.#sending += this.#waiting;
      this.#waiting = 0;
    });
    wire.on('drain', () => {
      this.#sending = 0;
    });
  }

  get bytes(): number {
    return this.#sending + this.#waiting;
  }

  write(prepared: Prepared): void {
    if (this.#closed) return;
    if (this.bytes + prepared.bytes > this.#cap) {
      this.#closed = true;
      this.#overflow();
      return;
    }
    // Counted first: the write may flush at once.
    this.#waiting += prepared.bytes;
    this.#wire.write(prepared.packet, prepared.options);
  }
}
