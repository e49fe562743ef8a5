// Writes bytes to standard output without blocking. Node writes to pipes and sockets asynchronously but blocks on files and terminals.
// Files are therefore written by Node's thread pool, and terminals through a separate non-blocking descriptor, because a thread blocked
// in write(2) would keep the process from exiting.
import { constants, fstatSync, openSync, write } from 'node:fs';
import type { Writable } from 'node:stream';
import { isatty } from 'node:tty';

/** Destination of log bytes. */
export interface LogSink {
  /** Must be called again only after `done`. `written` is the number of bytes that were written and must not be passed again. */
  write(chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
}

/** Opens a sink for standard output. */
export function openSink(fd = 1, stream: () => NodeJS.WriteStream = () => process.stdout): LogSink {
  const descriptor = writableDescriptor(fd);
  // In cluster mode pm2 replaces `stdout.write`; bypassing it would lose the lines.
  return descriptor === undefined || Object.hasOwn(stream(), 'write') ? streamSink(stream()) : descriptorSink(descriptor);
}

/** A descriptor for files and terminals; undefined when the stream must be used instead. */
function writableDescriptor(fd: number): number | undefined {
  try {
    const stat = fstatSync(fd);
    if (stat.isFIFO() || stat.isSocket()) return undefined;
    return isatty(fd) ? openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY) : fd;
  } catch {
    // No /proc, or a closed descriptor: fall back to the stream.
    return undefined;
  }
}

/** A full disk can accept part of a chunk; the caller writes the rest later. */
function descriptorSink(fd: number): LogSink {
  return { write: (chunk, done) => write(fd, chunk, 0, chunk.length, null, (error, written) => done(error, error ? 0 : written)) };
}

/**
 * A stream does not report how much of a failed chunk was written, so the caller writes the whole chunk again. The encoding is passed because of
 * pm2: while its logs are disabled, the `write` that it installs calls the callback only as the third argument.
 */
function streamSink(stream: Writable): LogSink {
  return { write: (chunk, done) => void stream.write(chunk, 'utf8', (error) => done(error ?? null, error ? 0 : chunk.length)) };
}

/**
 * Ignores `error` events of the standard streams, which would otherwise end the process. The callback of `write` gets
 * the error too, and the log counts the lines that it drops.
 */
export function surviveStreamErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
