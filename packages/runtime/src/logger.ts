// The process's log: pino lines with role and node, secrets taken out. A message is a constant string; what varies goes
// into fields, so that a query finds every line of one kind.
import { type Logger as Pino, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

export type Logger = Pino;

export interface LoggerOptions {
  readonly level: string;
  readonly role: string;
  readonly node: string;
  readonly pretty?: boolean;
  readonly destination: LogDestination;
}

export interface LogDestination {
  /** Must neither throw nor wait. */
  write(line: string, fatal?: boolean): void;
  /** Calls back when every line was written; may never, so that the caller needs a limit. */
  flush?(done: () => void): void;
  /** A terminal that shows colours. */
  readonly colours?: boolean;
}

const secretNames = ['token', 'secret', 'key', 'authorization', 'password', 'auth', 'cookie', 'token_secret', 'api_key', '["x-api-key"]'];

// At the top of a line, inside one of its fields, and in the headers of a request.
const secretPaths = [
  ...secretNames,
  ...secretNames.map((name) => (name.startsWith('[') ? `*${name}` : `*.${name}`)),
  ...secretNames.map((name) => (name.startsWith('[') ? `req.headers${name}` : `req.headers.${name}`)),
  // An ioredis error carries the command that failed, and AUTH carries the password.
  'err.command.args',
];

export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { role: options.role, node: options.node },
    redact: { paths: secretPaths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(settings, options.pretty ? forPeople(options.destination) : asJson(options.destination));
}

/** Waits until the lines were written, for so long at most. */
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

/** Formats in this process, so that the last lines of a process that ends are not lost in a worker thread. */
function forPeople(lines: LogDestination): Pick<LogDestination, 'write' | 'flush'> {
  const format = prettyFactory({ colorize: lines.colours ?? false, translateTime: 'SYS:HH:MM:ss.l', ignore: 'node,role', messageFormat: '[{role}] {msg}' });
  return { write: (line) => lines.write(format(line) ?? line, isFatal(line)), flush: (done) => flush(lines, done) };
}

function flush(lines: LogDestination, done: () => void): void {
  if (lines.flush) lines.flush(done);
  else done();
}

/** The level is the first field of a line. */
function isFatal(line: string): boolean {
  return line.startsWith('{"level":"fatal"');
}
