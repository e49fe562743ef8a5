// Redirects `console` to the log. Some libraries print warnings with `console`; redirected, these lines are valid JSON, redacted, and
// subject to the limits of the log.
import { format } from 'node:util';
import type { Logger } from './logger.ts';

const levels = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;

/** Redirects all console methods to `log`. The returned function restores them. */
export function logConsole(log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>): () => void {
  const methods = Object.keys(levels) as (keyof typeof levels)[];
  const before = methods.map((method) => console[method]);
  for (const method of methods) {
    console[method] = (...parts: unknown[]) => log[levels[method]]({ printed: format(...parts) }, 'a library printed a line');
  }
  return () => {
    methods.forEach((method, index) => {
      console[method] = before[index] as Console[typeof method];
    });
  };
}
