// Creates the pino logger of a process, with role and node in each line and secrets redacted. Messages are constant strings and variable
// data goes into fields, so that a query finds all lines with the same message.
import { type Logger as Pino, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

/** The logger of a process. */
export type Logger = Pino;

/** Options of createLogger. */
export interface LoggerOptions {
  readonly level: string;
  readonly role: string;
  readonly node: string;
  readonly pretty?: boolean;
  readonly destination: LogDestination;
}

/** Receives formatted log lines. */
export interface LogDestination {
  /** Must not throw or block. */
  write(line: string, fatal?: boolean): void;
  /** Calls `done` when all lines are written. That may never happen, so the caller needs a timeout. */
  flush?(done: () => void): void;
  /** True for a terminal with colours. */
  readonly colours?: boolean;
}

const secretNames = ['token', 'secret', 'key', 'authorization', 'password', 'auth', 'cookie', 'token_secret', 'api_key', '["x-api-key"]'];

// Each name is redacted at the top level of a line, one level deeper, and in request headers.
const secretPaths = [
  ...secretNames,
  ...secretNames.map((name) => (name.startsWith('[') ? `*${name}` : `*.${name}`)),
  ...secretNames.map((name) => (name.startsWith('[') ? `req.headers${name}` : `req.headers.${name}`)),
  // An ioredis error contains the failed command, and the arguments of AUTH contain the password.
  'err.command.args',
];

/** Creates a logger that writes JSON lines, or human-readable lines with `pretty`. */
export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { role: options.role, node: options.node },
    redact: { paths: secretPaths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, options.pretty ? humanReadable(options.destination) : asJson(options.destination));
}

/** Resolves when all lines are written, or after `limitMs` milliseconds. */
export function flushLog(log: Pick<Logger, 'flush'>, limitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, limitMs);
    log.flush(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function asJson(lines: LogDestination): Pick<LogDestination, 'write' | 'flush'> {
  return { write: (line) => lines.write(line, isFatal(line)), flush: (done) => flush(lines, done) };
}

/** Formats the lines in this process, because a worker thread would lose the last lines when the process exits. */
function humanReadable(lines: LogDestination): Pick<LogDestination, 'write' | 'flush'> {
  const format = prettyFactory({ colorize: lines.colours ?? false, translateTime: 'SYS:HH:MM:ss.l', ignore: 'node,role', messageFormat: '[{role}] {msg}' });
  return { write: (line) => lines.write(format(line) ?? line, isFatal(line)), flush: (done) => flush(lines, done) };
}

function flush(lines: LogDestination, done: () => void): void {
  if (lines.flush) lines.flush(done);
  else done();
}

/** True for a fatal line. `level` is the first field of a JSON line, so that the start of the line shows it. */
function isFatal(line: string): boolean {
  return line.startsWith('{"level":"fatal"');
}
