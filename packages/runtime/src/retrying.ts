// Retries a function with backoff until it succeeds or the signal is aborted. Logs nothing; the callback `failed` reports failures.
import { setMaxListeners } from 'node:events';
import { type BackoffOptions, backoffMs } from './backoff.ts';

/** Backoff, abort signal and failure callback. */
export interface RetryingOptions {
  readonly backoff: BackoffOptions;
  /** Aborting ends the wait and the retries; an attempt in progress is awaited. */
  readonly signal: AbortSignal;
  /** Called after each failed attempt, before the wait; `failures` counts from 1. An error thrown here ends the retries. */
  readonly failed: (error: unknown, failures: number) => void;
}

/** Resolves with the result of the first successful attempt, or with undefined when `signal` was aborted before any attempt succeeded. */
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

/** Resolves after `ms` milliseconds, or immediately when `signal` is aborted. */
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
    // Node warns about a leak when a signal has many listeners. The limit is lifted, because many waits may share a signal and each removes its
    // listener.
    if (signal) setMaxListeners(0, signal);
    signal?.addEventListener('abort', done, { once: true });
  });
}
