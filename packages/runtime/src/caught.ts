// Reports an error that the caller caught and handled: counts it in danmux_caught_errors_total{where} and logs it. It neither rethrows
// nor retries.
import type { CountedLog, CountedOptions } from './counted-log.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** How a caught error is logged. */
export interface CaughtOptions extends CountedOptions {
  /**
   * `warn` (default) and `error` lines go through the counted log: one line per message and window. Use `debug` for failures that
   * another component already logs at `warn`, such as a lost store.
   */
  readonly level?: 'debug' | 'warn' | 'error';
  /** Fields of the log line in addition to `err`, which holds the error. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** `where` is the value of the metric's label, one constant for each component. `message` must be constant, because it identifies repeated lines. */
export type Caught = (where: string, error: unknown, message: string, options?: CaughtOptions) => void;

export interface CaughtParts {
  readonly metrics: Pick<Metrics, 'caught'>;
  readonly log: Pick<Logger, 'debug'>;
  readonly counted: Pick<CountedLog, 'warn' | 'error'>;
}

/** Creates the reporter that `Runtime.caught` exposes. */
export function createCaught({ metrics, log, counted }: CaughtParts): Caught {
  return (where, error, message, { level = 'warn', fields, ...repeats } = {}) => {
    metrics.caught.inc({ where });
    const line = error === undefined ? { ...fields } : { err: error, ...fields };
    if (level === 'debug') log.debug(line, message);
    else counted[level](line, message, repeats);
  };
}
