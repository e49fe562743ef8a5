// How long to wait before the next try of a target or an event: a fixed schedule, jittered so that the shards of a target do
// not come together, with the longest wait an operator allows.

const scheduleS = [1, 2, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600];

/** Milliseconds before the try after `failures` of them; `asked` is what the target said itself. */
export function retryWaitMs(failures: number, maxMs: number, asked = 0, random: () => number = Math.random): number {
  const seconds = scheduleS[Math.min(failures, scheduleS.length) - 1] ?? 1;
  const wait = Math.min(maxMs, Math.round(seconds * 1_000 * (0.8 + 0.4 * random())));
  return Math.max(asked, wait);
}
