// Redirects `console` to the log. Some libraries print warnings with `console`; in the log these lines are valid JSON, secrets in them are
// redacted, and the buffer limit of the log applies to them.
import { format } from 'node:util';
import type { Logger } from './logger.ts';

const levels = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error', trace: 'debug' } as const;

/** Redirects the printing methods of `console` (those in `levels`) to `log`. The returned function restores them. */
export function logConsole(log: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>): () => void {
  const methods = Object.keys(levels) as (keyof typeof levels)[];
  const before = methods.map((method) => console[method]);
  for (const method of methods) {
    console[method] = (...parts: unknown[]) => log[levels[method]]({ printed: format(...parts) }, 'a library wrote to the console');
  }
  return () => {
    methods.forEach((method, index) => {
      console[method] = before[index] as Console[typeof method];
    });
  };
}
