// How bytes reach the standard output without waiting for its reader. Node writes to a pipe or a socket without waiting, but to a
// file and to a terminal it waits in the system call; those are written by its thread pool here, a terminal through a descriptor
// of its own that does not block, since a thread that waits in write(2) would also keep the process from ending.
import { constants, fstatSync, openSync, write } from 'node:fs';
import { isatty } from 'node:tty';

export interface LogSink {
  /** One call at a time. `written` are the bytes that need not be written again. */
  write(chunk: Buffer, done: (error: NodeJS.ErrnoException | null, written: number) => void): void;
}

/** The standard output of this process. */
export function openSink(fd = 1, stream: () => NodeJS.WriteStream = () => process.stdout): LogSink {
  const own = ownDescriptor(fd);
  // In its cluster mode pm2 puts a function of its own into the place of `write`.
  return own === undefined || Object.hasOwn(stream(), 'write') ? streamSink(stream()) : descriptorSink(own);
}

/** Undefined: it is not to be written by descriptor. */
function ownDescriptor(fd: number): number | undefined {
  try {
    const stat = fstatSync(fd);
    if (stat.isFIFO() || stat.isSocket()) return undefined;
    return isatty(fd) ? openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY) : fd;
  } catch {
    // A system without /proc, or a closed descriptor: the stream knows what to do.
    return undefined;
  }
}

/** A part of a chunk may be written before the disk is full; what is left is written later. */
function descriptorSink(fd: number): LogSink {
  return { write: (chunk, done) => write(fd, chunk, 0, chunk.length, null, (error, written) => done(error, error ? 0 : written)) };
}

/** A stream does not say how much of a failed chunk it wrote: all of it is tried again, for the next reader of a named pipe. */
function streamSink(stream: NodeJS.WritableStream): LogSink {
  return { write: (chunk, done) => void stream.write(chunk, (error) => done(error ?? null, error ? 0 : chunk.length)) };
}

/**
 * An `error` event of a standard stream that nobody listens to would end the process. Whoever writes gets the error as well, and the
 * log counts its lines, so nothing is done here. From then on nothing in this process waits for a reader of standard error either.
 */
export function surviveStreamErrors(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}
