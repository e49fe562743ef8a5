// Computes the wait before a retry: exponential backoff in which half of the wait is random, so that clients that fail together do not
// retry together.

/** The wait grows from `baseMs` by `factor` (default 2) per attempt, up to `maxMs`. `random` returns 0 to 1; tests replace it. */
export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  readonly factor?: number;
  readonly random?: () => number;
}

/** Milliseconds to wait before retry number `attempt`; 1 is the first retry. */
export function backoffMs(attempt: number, { baseMs, maxMs, factor = 2, random = Math.random }: BackoffOptions): number {
  const ceiling = Math.min(maxMs, baseMs * factor ** Math.max(0, attempt - 1));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
