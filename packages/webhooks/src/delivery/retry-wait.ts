// Computes the delay before the next attempt for a target or an event: a fixed schedule, capped by the configured maximum, with jitter, so
// that the rooms of a target do not retry together.

const scheduleS = [1, 2, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600];

/** Milliseconds before the next attempt after `failures` failures; `asked` is the delay that the target requested. */
export function retryWaitMs(failures: number, maxMs: number, asked = 0, random: () => number = Math.random): number {
  const seconds = scheduleS[Math.min(failures, scheduleS.length) - 1] ?? 1;
  const wait = Math.min(maxMs, Math.round(seconds * 1_000 * (0.8 + 0.4 * random())));
  return Math.max(asked, wait);
}
