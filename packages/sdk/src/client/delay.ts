// Retry delay: exponential backoff with full jitter, so that the viewers of a lost edge do not all reconnect at the same moment.

/**
 * Milliseconds before retry number `attempt` when the server asked to wait `afterMs`. The random delay is added to `afterMs`. If only the larger
 * of the two were used, clients that are refused together would return together.
 */
export function delayAfter(afterMs: number | undefined, attempt: number, random?: () => number): number {
  return (afterMs ?? 0) + retryDelay(attempt, random);
}

/** Milliseconds before retry number `attempt`, counted from 1; at most 5,100. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(5_000, 200 * 1.8 ** Math.max(0, attempt - 1));
  return Math.round(100 + random() * ceiling);
}
