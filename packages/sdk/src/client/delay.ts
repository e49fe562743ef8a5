// Delay before the next try: exponential with full jitter, so that the viewers of a lost edge do not reconnect in
// one instant.

/** Milliseconds before try number `attempt` (1 is the first). */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(5_000, 200 * 1.8 ** Math.max(0, attempt - 1));
  return Math.round(100 + random() * ceiling);
}
