// One viewer's send queue. The bytes wait in engine.io's write buffer; this counts them, because nothing else does, and
// says when the viewer reads too slowly to be kept.
import type { Prepared } from './prepared.ts';

/** The part of an engine.io socket an outbox needs. */
export interface Wire {
  /** False while the last batch is on its way into the kernel; engine.io's own `drain` comes before that. */
  readonly transport: { readonly writable: boolean };
  write(data: string, options?: object): unknown;
  on(event: 'flush', listener: () => void): unknown;
  /** Every packet, also the acks, which socket.io writes without this outbox. */
  on(event: 'packetCreate', listener: (packet: { data?: unknown; options?: object }) => void): unknown;
}

/** Acks nobody reads end the connection when they are so many times the cap. Fewer refuse further requests: see `behind`. */
const answersCap = 8;

export class Outbox {
  readonly #wire: Wire;
  readonly #cap: number;
  readonly #overflow: () => void;
  readonly #frames = { waiting: 0, sending: 0 };
  readonly #answers = { waiting: 0, sending: 0 };
  #closed = false;

  /** `overflow` is called once, when a frame would make more than `cap` bytes wait. */
  constructor(wire: Wire, cap: number, overflow: () => void) {
    this.#wire = wire;
    this.#cap = cap;
    this.#overflow = overflow;
    wire.on('flush', () => {
      // A batch is handed over only when the one before it was taken.
      for (const queue of [this.#frames, this.#answers]) {
        queue.sending = queue.waiting;
        queue.waiting = 0;
      }
    });
    wire.on('packetCreate', ({ data, options }) => {
      if (typeof data === 'string' && !(options && 'wsPreEncodedFrame' in options)) this.#answered(Buffer.byteLength(data));
    });
  }

  /** Of frames and events; answers have their own room, since one of them may be larger than the cap. */
  get bytes(): number {
    return this.#queued(this.#frames);
  }

  /** True when the viewer asks and does not read the answers. */
  get behind(): boolean {
    return this.#queued(this.#answers) > this.#cap;
  }

  write(prepared: Prepared): void {
    if (this.#closed) return;
    // Who has nothing queued is not slow, however large the frame.
    if (this.bytes > 0 && this.bytes + prepared.bytes > this.#cap) {
      this.#close();
      return;
    }
    // Counted first: the write may flush at once.
    this.#frames.waiting += prepared.bytes;
    this.#wire.write(prepared.packet, prepared.options);
  }

  #answered(bytes: number): void {
    // What is there already decides: one large answer alone is no slow viewer.
    if (this.#queued(this.#answers) > answersCap * this.#cap) this.#close();
    this.#answers.waiting += bytes;
  }

  #queued({ waiting, sending }: { waiting: number; sending: number }): number {
    return waiting + (this.#wire.transport.writable ? 0 : sending);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#overflow();
  }
}
