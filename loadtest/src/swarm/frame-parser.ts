// Parses WebSocket frames from a byte stream with arbitrary chunk boundaries. It copies only the requested part of a payload, since a
// swarm that copied whole payloads would be slower than the server under test. It refuses fragmented frames, which no server here sends.

export interface FrameSink {
  /** Returns the number of payload bytes to pass to `frame`. */
  wanted(opcode: number, length: number): number;
  /**
   * `payload` has the first bytes, as many as `wanted` returned; `length` is the length of the whole payload. `payload` is valid only during the
   * call.
   */
  frame(opcode: number, compressed: boolean, payload: Buffer, length: number): void;
}

const longestHead = 10;

export class FrameParser {
  readonly #sink: FrameSink;
  /** Buffers a header that spans chunks. */
  readonly #head = Buffer.alloc(longestHead);
  #headLength = 0;
  #opcode = 0;
  #compressed = false;
  #length = 0;
  #received = 0;
  #wanted = 0;
  /** Buffers the wanted part of a payload that spans chunks. */
  #buffered: Buffer | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Throws on a protocol error. The caller may reuse `chunk` after the call. */
  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#inPayload ? this.#payload(chunk, at) : this.#header(chunk, at);
  }

  get #inPayload(): boolean {
    return this.#received < this.#length;
  }

  #header(chunk: Buffer, start: number): number {
    let at = start;
    if (this.#headLength === 0) {
      const size = chunk.length - at >= 2 ? headSize(chunk[at + 1] ?? 0) : longestHead;
      if (chunk.length - at >= size) {
        this.#begin(chunk, at, size);
        return at + size;
      }
    }
    while (at < chunk.length) {
      this.#head[this.#headLength++] = chunk[at++] ?? 0;
      if (this.#headLength >= 2 && this.#headLength === headSize(this.#head[1] ?? 0)) {
        this.#begin(this.#head, 0, this.#headLength);
        this.#headLength = 0;
        break;
      }
    }
    return at;
  }

  #begin(head: Buffer, at: number, size: number): void {
    const first = head[at] ?? 0;
    if ((first & 0x80) === 0) throw new Error('the server sent a fragmented frame');
    if (((head[at + 1] ?? 0) & 0x80) !== 0) throw new Error('the server sent a masked frame');
    this.#opcode = first & 0x0f;
    this.#compressed = (first & 0x40) !== 0;
    this.#length = size === 2 ? (head[at + 1] ?? 0) & 0x7f : size === 4 ? head.readUInt16BE(at + 2) : Number(head.readBigUInt64BE(at + 2));
    this.#received = 0;
    this.#buffered = undefined;
    this.#wanted = Math.min(this.#length, this.#sink.wanted(this.#opcode, this.#length));
    if (this.#length === 0) this.#sink.frame(this.#opcode, this.#compressed, empty, 0);
  }

  #payload(chunk: Buffer, at: number): number {
    const here = Math.min(this.#length - this.#received, chunk.length - at);
    if (here === this.#length) {
      this.#received = here;
      this.#sink.frame(this.#opcode, this.#compressed, chunk.subarray(at, at + this.#wanted), this.#length);
      return at + here;
    }
    if (this.#received < this.#wanted) {
      this.#buffered ??= Buffer.allocUnsafe(this.#wanted);
      chunk.copy(this.#buffered, this.#received, at, at + Math.min(here, this.#wanted - this.#received));
    }
    this.#received += here;
    if (this.#received === this.#length) this.#sink.frame(this.#opcode, this.#compressed, this.#buffered ?? empty, this.#length);
    return at + here;
  }
}

const empty = Buffer.alloc(0);

function headSize(second: number): number {
  const length = second & 0x7f;
  return length === 127 ? 10 : length === 126 ? 4 : 2;
}
