// Inflates the messages of one viewer, in place of ws's permessage-deflate. ws keeps a zlib stream for every viewer that ever compressed a
// message. An Inflater keeps at most 36 KiB of recent text, and only if its client compresses with context takeover. It compresses nothing:
// frames to viewers are compressed once for all viewers (encoded-frame.ts).
import { constants, inflateRawSync } from 'node:zlib';
import { limits } from '@danmux/protocol';
import type { WebSocket } from 'ws';
import type { DeflateParams } from './deflate-offer.ts';

/** The last four bytes of a flushed deflate block. The client omits them, so they are appended before inflating (RFC 7692, 7.2.2). */
const flushedTail = Buffer.from([0x00, 0x00, 0xff, 0xff]);
/** Largest window of deflate, bytes. */
const largestWindow = 32_768;
/** Capacity of the largest buffer, bytes. The 4 KiB beyond the window take new text, so that the window is moved to the start less often. */
const largestBuffer = largestWindow + 4_096;
/** Bytes of one output chunk of zlib. Most messages are shorter, and the default of 16 KiB would be allocated for each message. */
const chunkSize = 2_048;
const empty = Buffer.alloc(0);
/** WebSocket close codes. */
const codes = { invalid: 1007, tooLarge: 1009, tryAgain: 1013 };

/**
 * Counts the bytes in the contexts of all viewers on this edge, and caps them. A context is the recent text of one viewer, to which the next
 * compressed message may refer.
 */
export class InflateMemory {
  readonly #cap: number;
  bytes = 0;

  constructor(cap: number) {
    this.#cap = cap;
  }

  /** True when a new connection must not get a context. */
  get full(): boolean {
    return this.bytes >= this.#cap / 2;
  }

  fits(more: number): boolean {
    return this.bytes + more <= this.#cap;
  }
}

type Done = (error: Error | null, data?: Buffer) => void;

export class Inflater {
  /** The negotiated parameters, read by ws and Wire. ws compares messages with `_threshold` only if `server_no_context_takeover` is set. */
  readonly params: DeflateParams;
  readonly #webSocket: Pick<WebSocket, 'close'>;
  readonly #memory: InflateMemory;
  /** Number of bytes of earlier text to which a message may refer; 0 when the client compresses without context takeover. */
  readonly #window: number;
  /**
   * The last bytes of text, a view of `#buffer`. `#buffer` grows in a few steps and is overwritten in place, because a new buffer per message
   * would fragment memory.
   */
  #context = empty;
  /** Grows in a few steps and is written in place: a new buffer for each message would fragment memory. */
  #buffer = empty;
  /** End of the text in `#buffer`. */
  #end = 0;
  /** Fragments of a message whose last fragment has not arrived. */
  #fragments: Buffer[] | undefined;

  constructor(webSocket: Pick<WebSocket, 'close'>, answered: DeflateParams, memory: InflateMemory) {
    this.params = { ...answered, server_no_context_takeover: true };
    this.#webSocket = webSocket;
    this.#memory = memory;
    this.#window = answered['client_no_context_takeover'] ? 0 : largestWindow;
  }

  /**
   * Minimum size of a message that ws compresses. The value disables compression in ws, because a frame that is written directly to the TCP socket
   * could overtake a message that ws is compressing.
   */
  get _threshold(): number {
    return Number.MAX_SAFE_INTEGER;
  }

  get _isServer(): boolean {
    return true;
  }

  /** Called by ws for each frame of a compressed message; `final` for the last one. */
  decompress(data: Buffer, final: boolean, done: Done): void {
    // ws calls itself again from `done`, so a synchronous call would nest once per message of a chunk.
    process.nextTick(() => {
      this.#fragments ??= [];
      this.#fragments.push(data);
      if (!final) {
        done(null, empty);
        return;
      }
      const whole = Buffer.concat([...this.#fragments, flushedTail]);
      this.#fragments = undefined;
      this.#inflate(whole, done);
    });
  }

  #inflate(compressed: Buffer, done: Done): void {
    let text: Buffer;
    try {
      text = inflateRawSync(compressed, {
        finishFlush: constants.Z_SYNC_FLUSH,
        maxOutputLength: limits.packet,
        chunkSize,
        ...(this.#context.length > 0 ? { dictionary: this.#context } : {}),
      });
    } catch (error) {
      const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      this.#fail(tooLarge ? codes.tooLarge : codes.invalid, error as Error, done);
      return;
    }
    if (this.#window === 0 || this.#remember(text)) done(null, text);
    else this.#fail(codes.tryAgain, new Error('the memory for the inflate contexts of this edge is used up'), done);
  }

  /** Appends the end of the text to the context, to which the next message may refer. False when the cap of all contexts is reached. */
  #remember(text: Buffer): boolean {
    const added = text.subarray(Math.max(0, text.length - this.#window));
    const kept = Math.min(this.#context.length, this.#window - added.length);
    const needed = kept + added.length;
    if (this.#end + added.length > this.#buffer.length) {
      const size = needed > largestWindow / 2 ? largestBuffer : 2 ** Math.ceil(Math.log2(needed));
      if (size > this.#buffer.length && !this.#grow(size)) return false;
      this.#buffer.copyWithin(0, this.#end - kept, this.#end);
      this.#end = kept;
    }
    added.copy(this.#buffer, this.#end);
    this.#end += added.length;
    this.#context = this.#buffer.subarray(this.#end - needed, this.#end);
    return true;
  }

  /** Moves the context to a larger buffer; false when the cap of all contexts is reached. */
  #grow(size: number): boolean {
    const more = size - this.#buffer.length;
    if (!this.#memory.fits(more)) return false;
    this.#memory.bytes += more;
    const buffer = Buffer.allocUnsafeSlow(size);
    this.#buffer.copy(buffer, 0, 0, this.#end);
    this.#buffer = buffer;
    return true;
  }

  #fail(code: number, error: Error, done: Done): void {
    this.#webSocket.close(code);
    done(error);
  }

  /** Called by ws when the connection has ended. */
  cleanup(): void {
    this.#memory.bytes -= this.#buffer.length;
    this.#buffer = empty;
    this.#context = empty;
    this.#end = 0;
    this.#fragments = undefined;
  }
}
