// Where the lines of the log go: written one chunk at a time and never waited for, so that a full disk or a reader that stands still
// costs lines and not the process. What waits is bounded in bytes; past that, lines are dropped and counted until half of it is free.
import { type LogSink, openSink } from './log-sink.ts';

export interface LogOutputOptions {
  /** What may wait to be written, bytes. */
  readonly bufferBytes: number;
  readonly sink?: LogSink;
  /** A line was dropped. */
  readonly dropped?: () => void;
  /** The first line of an outage was dropped; `error` is the last failed write, absent when the reader stands still. */
  readonly outage?: (error: NodeJS.ErrnoException | undefined) => void;
  /** Writing works again, and so many lines were dropped. */
  readonly resumed?: (lines: number) => void;
}

const chunkBytes = 65_536;
/** Beyond the cap, for the lines that say why a process ends. */
const fatalBytes = 65_536;
const retryMs = { first: 20, last: 1_000 };

interface Line {
  readonly text: string;
  readonly bytes: number;
}

export class LogOutput {
  readonly #options: LogOutputOptions;
  #sink: LogSink | undefined;
  #lines: Line[] = [];
  /** Taken from `#lines`, and not yet written to the end. */
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

  /** Never throws and never waits. A line with `fatal` still finds a place when the others do not. */
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

  /** Calls back when nothing waits any more; a caller that ends sets its own limit of time. */
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
  }

  #next(): void {
    if (this.#writing || this.#retry) return;
    this.#chunk ??= this.#take();
    const chunk = this.#chunk;
    if (!chunk) return;
    this.#writing = true;
    this.#sink ??= openSink();
    this.#sink.write(chunk, (error, written) => this.#wrote(chunk, error, written));
  }

  #take(): Buffer | undefined {
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
      this.#tryLater();
      return;
    }
    this.#failures = 0;
    if (this.#dropped > 0 && this.#bytes <= this.#options.bufferBytes / 2) this.#resume();
    if (this.#bytes === 0) for (const done of this.#flushed.splice(0)) done();
    this.#next();
  }

  /** `resumed` may write lines: by then they find room. */
  #resume(): void {
    const lines = this.#dropped;
    this.#dropped = 0;
    this.#options.resumed?.(lines);
  }

  /** Not unref'd by a process that flushes: the limit of its end holds. */
  #tryLater(): void {
    this.#failures++;
    const wait = Math.min(retryMs.last, retryMs.first * 2 ** Math.min(10, this.#failures - 1));
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.#next();
    }, wait).unref();
  }
}
