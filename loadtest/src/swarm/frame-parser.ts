// Reads WebSocket frame headers out of a byte stream that is cut anywhere. It keeps only as much of a payload as it is asked
// to, since a swarm that copied payloads would be slower than the server it measures. It refuses fragments: no server here
// sends any.

export interface FrameSink {
  /** How much of a payload of `length` bytes is needed. */
  keep(opcode: number, length: number): number;
  /** `payload` is as much as was asked for, and is overwritten after the call. */
  frame(opcode: number, compressed: boolean, payload: Buffer, length: number): void;
}

const longestHead = 10;

export class FrameParser {
  readonly #sink: FrameSink;
  /** The head of a frame when it was cut. */
  readonly #head = Buffer.alloc(longestHead);
  #headLength = 0;
  #opcode = 0;
  #compressed = false;
  #length = 0;
  #taken = 0;
  #keep = 0;
  /** Only for a payload that was cut. */
  #kept: Buffer | undefined;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Throws on what no server may send. `chunk` may be used again after the call. */
  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) at = this.#inPayload ? this.#payload(chunk, at) : this.#header(chunk, at);
  }

  get #inPayload(): boolean {
    return this.#taken < this.#length;
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
    if ((first & 0x80) === 0) throw new Error('a fragmented frame');
    if (((head[at + 1] ?? 0) & 0x80) !== 0) throw new Error('a masked frame from a server');
    this.#opcode = first & 0x0f;
    this.#compressed = (first & 0x40) !== 0;
    this.#length = size === 2 ? (head[at + 1] ?? 0) & 0x7f : size === 4 ? head.readUInt16BE(at + 2) : Number(head.readBigUInt64BE(at + 2));
    this.#taken = 0;
    this.#kept = undefined;
    this.#keep = Math.min(this.#length, this.#sink.keep(this.#opcode, this.#length));
    if (this.#length === 0) this.#sink.frame(this.#opcode, this.#compressed, empty, 0);
  }

  #payload(chunk: Buffer, at: number): number {
    const here = Math.min(this.#length - this.#taken, chunk.length - at);
    if (here === this.#length) {
      this.#taken = here;
      this.#sink.frame(this.#opcode, this.#compressed, chunk.subarray(at, at + this.#keep), this.#length);
      return at + here;
    }
    if (this.#taken < this.#keep) {
      this.#kept ??= Buffer.allocUnsafe(this.#keep);
      chunk.copy(this.#kept, this.#taken, at, at + Math.min(here, this.#keep - this.#taken));
    }
    this.#taken += here;
    if (this.#taken === this.#length) this.#sink.frame(this.#opcode, this.#compressed, this.#kept ?? empty, this.#length);
    return at + here;
  }
}

const empty = Buffer.alloc(0);

function headSize(second: number): number {
  const length = second & 0x7f;
  return length === 127 ? 10 : length === 126 ? 4 : 2;
}
