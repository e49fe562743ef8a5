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
  /** Where lines go; the process's standard output when absent. */
  readonly destination?: { write(line: string): void };
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
  const lines = options.destination ?? pino.destination(1);
  return pino(settings, options.pretty ? forPeople(lines, options.destination === undefined && process.stdout.isTTY) : lines);
}

/** Formats in this process and at once, so that the last lines of a process that ends are not lost in a worker thread. */
function forPeople(lines: { write(line: string): void }, colorize: boolean): { write(line: string): void } {
  const format = prettyFactory({ colorize, translateTime: 'SYS:HH:MM:ss.l', ignore: 'node,role', messageFormat: '[{role}] {msg}' });
  return { write: (line) => void lines.write(format(line) ?? line) };
}
