// How long to wait before the next try: exponential, with full jitter, so that many who fail together do not come back
// together.

export interface BackoffOptions {
  readonly baseMs: number;
  readonly maxMs: number;
  readonly factor?: number;
  readonly random?: () => number;
}

/** Milliseconds before try number `attempt` (1 is the first retry). */
export function backoffMs(attempt: number, { baseMs, maxMs, factor = 2, random = Math.random }: BackoffOptions): number {
  const ceiling = Math.min(maxMs, baseMs * factor ** Math.max(0, attempt - 1));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
}
