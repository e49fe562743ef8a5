// Reports an error that was caught and survived: counts it in danmux_caught_errors_total{where} and logs it. It neither rethrows nor
// retries; the caller goes on.
import type { CountedLog, CountedOptions } from './counted-log.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

export interface CaughtOptions extends CountedOptions {
  /**
   * `warn` and `error` lines go through the counted log: one line per message and window. `debug` is for failures that another part
   * reports loudly already, such as a lost store. Default `warn`.
   */
  readonly level?: 'debug' | 'warn' | 'error';
  /** Fields of the log line besides `err`. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `where` is a label of the metric: constant, one per part. `message` is constant too. */
export type Caught = (where: string, error: unknown, message: string, options?: CaughtOptions) => void;

export interface CaughtParts {
  readonly metrics: Pick<Metrics, 'caught'>;
  readonly log: Pick<Logger, 'debug'>;
  readonly counted: Pick<CountedLog, 'warn' | 'error'>;
}

export function createCaught({ metrics, log, counted }: CaughtParts): Caught {
  return (where, error, message, { level = 'warn', fields, ...repeats } = {}) => {
    metrics.caught.inc({ where });
    const line = error === undefined ? { ...fields } : { err: error, ...fields };
    if (level === 'debug') log.debug(line, message);
    else counted[level](line, message, repeats);
  };
}
