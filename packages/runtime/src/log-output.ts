// Writes log lines asynchronously in chunks, so that a full disk or a blocked reader causes lost lines but does not block the process. The
// buffer is bounded in bytes; when it is full, lines are dropped and counted until half of the buffer is free.
import { type LogSink, openSink } from './log-sink.ts';

/** Buffer size and callbacks of a LogOutput. */
export interface LogOutputOptions {
  /** Size of the buffer, bytes. */
  readonly bufferBytes: number;
  readonly sink?: LogSink;
  /** Called for each dropped line. */
  readonly dropped?: () => void;
  /**
   * Called when the first line of an outage is dropped. `error` is the error of the last write that ended. It is undefined if that write succeeded:
   * then the reader is blocked.
   */
  readonly outage?: (error: NodeJS.ErrnoException | undefined) => void;
  /** Called with the number of dropped lines when writing works again and half of the buffer is free. */
  readonly resumed?: (lines: number) => void;
}

const chunkBytes = 65_536;
/** Reserve above the buffer size for fatal lines, which say why the process ends. */
const fatalBytes = 65_536;
/** Backoff after failed writes, milliseconds. */
const retryMs = { first: 20, last: 1_000 };

interface Line {
  readonly text: string;
  readonly bytes: number;
}

/** A bounded, non-blocking writer of log lines. It keeps their order, and drops lines only after the buffer was full. */
export class LogOutput {
  readonly #options: LogOutputOptions;
  #sink: LogSink | undefined;
  #lines: Line[] = [];
  /** Bytes that were taken from `#lines` and are not yet written. */
  #chunk: Buffer | undefined;
  #bytes = 0;
  #dropped = 0;
  #writing = false;
  #failures = 0;
  #lastError: NodeJS.ErrnoException | undefined;
  #retry: NodeJS.Timeout | undefined;
  #flushed: (() => void)[] = [];

  constructor(options: LogOutputOptions) {
    this.#options = options;
    this.#sink = options.sink;
  }

  /** Never throws or blocks. A `fatal` line may use the reserve when the buffer is full. */
  write(text: string, fatal = false): void {
    const bytes = Buffer.byteLength(text);
    const { bufferBytes } = this.#options;
    const fits = this.#dropped === 0 && this.#bytes + bytes <= bufferBytes;
    if (!fits && !(fatal && this.#bytes + bytes <= bufferBytes + fatalBytes)) {
      this.#drop();
      return;
    }
    this.#lines.push({ text, bytes });
    this.#bytes += bytes;
    this.#next();
  }

  /** Calls `done` when the buffer is empty. That may never happen, so the caller needs a timeout. */
  flush(done: () => void): void {
    if (this.#bytes === 0) {
      done();
      return;
    }
    this.#flushed.push(done);
    this.#next();
  }

  #drop(): void {
    this.#dropped++;
    this.#options.dropped?.();
    if (this.#dropped === 1) this.#options.outage?.(this.#lastError);
    // With an empty buffer no write is in progress that would resume later: the line alone was larger than the buffer.
    if (this.#bytes === 0) this.#resume();
  }

  #next(): void {
    if (this.#writing || this.#retry) return;
    this.#chunk ??= this.#takeChunk();
    const chunk = this.#chunk;
    if (!chunk) return;
    this.#writing = true;
    this.#sink ??= openSink();
    this.#sink.write(chunk, (error, written) => this.#wrote(chunk, error, written));
  }

  #takeChunk(): Buffer | undefined {
    let count = 0;
    for (let bytes = 0; count < this.#lines.length && (count === 0 || bytes + (this.#lines[count]?.bytes ?? 0) <= chunkBytes); count++)
      bytes += this.#lines[count]?.bytes ?? 0;
    const taken = this.#lines.splice(0, count);
    return count === 0 ? undefined : Buffer.from(taken.map(({ text }) => text).join(''));
  }

  #wrote(chunk: Buffer, error: NodeJS.ErrnoException | null, written: number): void {
    this.#writing = false;
    this.#chunk = written < chunk.length ? chunk.subarray(written) : undefined;
    this.#bytes -= written;
    this.#lastError = error ?? undefined;
    if (error) {
      this.#retryLater();
      return;
    }
    this.#failures = 0;
    if (this.#dropped > 0 && this.#bytes <= this.#options.bufferBytes / 2) this.#resume();
    if (this.#bytes === 0) for (const done of this.#flushed.splice(0)) done();
    this.#next();
  }

  /** Resets the count before calling `resumed`, so that lines written by the callback are accepted. */
  #resume(): void {
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#options.resumed?.(lines);
  }

  /** Retries after a backoff. The timer is unref'd, because the timeout of a flush keeps the process alive during that flush. */
  #retryLater(): void {
    this.#failures++;
    const wait = Math.min(retryMs.last, retryMs.first * 2 ** Math.min(10, this.#failures - 1));
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#next();
    }, wait).unref();
  }
}
