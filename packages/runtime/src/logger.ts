// The process's log: pino lines with role and node, secrets taken out. A message is a constant string; what varies goes
// into fields, so that a query finds every line of one kind.
import { type Logger as Pino, pino } from 'pino';

export type Logger = Pino;

export interface LoggerOptions {
  readonly level: string;
  readonly role: string;
  readonly node: string;
  readonly pretty?: boolean;
  /** Where lines go; the process's standard output when absent. */
  readonly destination?: { write(line: string): void };
}

const secretPaths = [
  'token',
  'secret',
  'key',
  'authorization',
  'password',
  'auth',
  'headers.authorization',
  'headers["x-api-key"]',
  'req.headers.authorization',
  'req.headers["x-api-key"]',
];

export function createLogger(options: LoggerOptions): Logger {
  const settings = {
    level: options.level,
    base: { role: options.role, node: options.node },
    redact: { paths: secretPaths, censor: '[redacted]' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}
