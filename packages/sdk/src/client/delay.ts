// How long to wait before the next try: exponential with full jitter, so that a crowd that lost its edge does not come back in
// one instant.

/** Milliseconds before try number `attempt` (1 is the first). */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(5_000, 200 * 1.8 ** Math.max(0, attempt - 1));
  return Math.round(100 + random() * ceiling);
}
