// Tries one thing until it succeeds or its owner stops it, waiting longer after each failure. It reports nothing itself: `failed` hears of
// each failure.
import { setMaxListeners } from 'node:events';
import { type BackoffOptions, backoffMs } from './backoff.ts';

export interface RetryingOptions {
  readonly backoff: BackoffOptions;
  /** Aborting it ends the wait and the tries; an attempt under way is awaited. */
  readonly signal: AbortSignal;
  /** Called after each failure, before the wait; `failures` counts from 1. A throw ends the tries with that error. */
  readonly failed: (error: unknown, failures: number) => void;
}

/** Resolves with the result of the first attempt that succeeds; undefined when `signal` aborted before one did. */
export async function retrying<T>(attempt: () => Promise<T>, { backoff, signal, failed }: RetryingOptions): Promise<T | undefined> {
  for (let failures = 1; !signal.aborted; failures++) {
    try {
      return await attempt();
    } catch (error) {
      failed(error, failures);
    }
    await pause(backoffMs(failures, backoff), signal);
  }
  return undefined;
}

/** Resolves after `ms` milliseconds, or at once when `signal` aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) {
      resolve();
      return;
    }
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    // Each wait has one listener and removes it; many waits on one signal are no leak.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', done, { once: true });
  });
}
